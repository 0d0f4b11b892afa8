// Puts the page together: what the talk says goes to the log, what the visitor does goes to the talk.
import { cardsOf } from "./cards.js";
import { confirmed, showCards } from "./dialogs.js";
import { el } from "./dom.js";
import { makeHeader, makeLinks } from "./frame.js";
import { Host } from "./host.js";
import { Log } from "./log.js";
import { assistantMessage, choices, visitorMessage } from "./message.js";
import { Notes } from "./notes.js";
import * as store from "./store.js";
import { Talk } from "./talk.js";
import { embedded, spoken, wishes } from "./told.js";
import { copyText, save, transcript } from "./transcript.js";
import { all, language, speak, t } from "./words.js";

const MOST = 2000; // characters of a message, as the service counts them
const WARN = 200; // so few are left that they are counted down

export async function start() {
  const wanted = wishes();
  speak(wanted.language);
  speak(store.get("language"));
  const app = new App(wanted);
  await app.build();
}

class App {
  #said = []; // what the talk consists of, for saving
  #unsent = new Map();

  constructor(wanted) {
    this.wanted = wanted;
    this.notes = new Notes();
    this.talk = new Talk(this, () => (spoken.includes(store.get("language")) ? store.get("language") : undefined));
    this.host = new Host({
      opened: () => {
        this.host.seen();
        this.log.focus();
      },
      set: (wishes) => this.#adopt(wishes),
      ask: (text) => this.#send(text),
    });
    this.counter = el("p.counter", { id: "counter", "aria-live": "polite" });
  }

  async build() {
    this.log = new Log(
      () => this.#submit(),
      () => this.#typed(),
    );
    const main = el("main", {}, this.log.element);
    this.header = el("div");
    this.links = el("div");
    document.getElementById("app").replaceChildren(this.header, this.notes.element, main, this.counter, this.links);
    await this.log.rendered;
    this.#colour(this.wanted.color);
    this.#name();
    this.log.text = store.get("draft") ?? "";
    this.notes.watchEngine();
    if (!store.lasting()) this.notes.say("storage_off");
    this.reset([], store.outbox());
    this.host.ready();
    if (!embedded) this.log.focus();
    await this.talk.open();
  }

  // What the talk tells us -------------------------------------------------------------------------------------------

  reset(said, unsent) {
    this.#said = said;
    this.#unsent = new Map(unsent.map((message) => [message.id, message]));
    this.log.refill(() => {
      this.#welcome(said.length + unsent.length === 0 && !this.talk.token);
      said.forEach((message, index) => {
        const last = index === said.length - 1 && !unsent.length;
        if (message.from === "visitor") this.log.add("visitor", `said-${index}`, visitorMessage(message));
        else this.#addAnswer(message, last);
      });
      for (const message of unsent) this.log.add("visitor", message.id, this.#visitor(message, "unsent"));
    });
  }

  sent(message) {
    this.#unsent.set(message.id, message);
    this.#settle();
    this.log.add("visitor", message.id, this.#visitor(message, "sending"));
  }

  state(id, state, detail) {
    const message = this.#unsent.get(id);
    if (state === "gone") this.log.remove(id);
    else if (message) this.log.replace(id, this.#visitor(message, state, detail));
    if (state !== "sending" && state !== "unsent") this.#unsent.delete(id);
    if (state === "sent" && message)
      this.#said.push({ from: "visitor", text: message.text, at: new Date(message.at).toISOString() });
  }

  renamed(before, after) {
    const place = this.log.place(before);
    if (place) place.dataset.key = after;
    this.#unsent.set(after, { ...this.#unsent.get(before), id: after });
    this.#unsent.delete(before);
  }

  answered(_, replies) {
    this.#settle();
    for (const reply of replies) {
      const message = { from: "assistant", at: new Date().toISOString(), ...reply };
      this.#said.push(message);
      this.#addAnswer(message, true);
      if (message.degraded) this.notes.watchEngine();
    }
    this.host.came(replies.length);
  }

  note(name, fillings) {
    this.notes.say(name, fillings);
  }

  typing(on) {
    this.log.typing(on);
  }

  // What the visitor does --------------------------------------------------------------------------------------------

  #submit() {
    const text = this.log.text.trim();
    if (!text || [...text].length > MOST) return this.log.focus();
    this.log.text = "";
    this.log.focus();
    return this.#send(text);
  }

  #send(text, button) {
    return this.talk.send(text, button);
  }

  /** A quick reply goes away with the focus on it; on a phone the input would bring up its keyboard. */
  #press(text, button) {
    this.#send(text, button);
    if (matchMedia("(pointer: coarse)").matches) this.log.messages.focus({ preventScroll: true });
    else this.log.focus();
  }

  #typed() {
    const text = this.log.text;
    store.set("draft", text);
    const left = MOST - [...text.trim()].length;
    const over = left < 0;
    this.counter.textContent = over
      ? t("too_long", { n: -left, most: MOST })
      : left < WARN
        ? t("left", { n: left })
        : "";
    this.counter.classList.toggle("over", over);
  }

  async #restart() {
    if (!(await confirmed(t("restart_ask")))) return;
    await this.talk.restart();
    this.log.focus();
  }

  async #forget() {
    if (!(await confirmed(t("forget_ask")))) return;
    this.notes.say((await this.talk.forget()) ? "forgotten" : "forget_failed");
    this.log.focus();
  }

  #choose(code) {
    store.set("language", code);
    speak(code);
    this.#name();
    this.host.language(code);
    this.reset(this.#said, [...this.#unsent.values()]);
  }

  /** The host page asks for another look while the talk goes on; what the visitor chose stays. */
  #adopt(wishes) {
    this.wanted = { ...this.wanted, ...wishes };
    this.#colour(wishes.color);
    if (wishes.language && !store.get("language")) {
      speak(wishes.language);
      this.#name();
    }
    this.reset(this.#said, [...this.#unsent.values()]);
  }

  // How it looks -----------------------------------------------------------------------------------------------------

  /** Gives everything its words in the reader's language. */
  #name() {
    document.title = t("title");
    const deeds = {
      language: (code) => this.#choose(code),
      transcript: () => save(t("saved_name"), transcript(this.#said)),
      transcript_copy: async () => this.notes.say((await copyText(transcript(this.#said))) ? "copied" : "copy_failed"),
      print: () => window.print(),
      restart: () => this.#restart(),
      forget: () => this.#forget(),
      minimise: embedded ? () => this.host.close() : null,
    };
    this.header.replaceChildren(makeHeader(deeds));
    this.links.replaceChildren(makeLinks(language()));
    this.log.relabel();
    this.log.input.setAttribute("aria-describedby", "counter");
    this.notes.retell();
  }

  #colour(color) {
    if (!/^#[0-9a-f]{6}$/i.test(color ?? "")) return;
    const root = document.documentElement.style;
    root.setProperty("--accent", color);
    root.setProperty("--on-accent", textOn(color));
  }

  #welcome(fresh) {
    const { greeting, topic } = this.wanted;
    const body = el("div.body", { lang: language() });
    for (const text of [greeting, t("first"), t("first_limits")]) if (text) body.append(el("p", {}, text));
    if (fresh) {
      const questions = all(`suggestions.${topic}`).length ? all(`suggestions.${topic}`) : all("suggestions.any");
      const ask = ({ title }) => this.#press(title);
      body.append(
        choices(
          t("suggestions_label"),
          questions.map((title) => ({ title })),
          ask,
        ),
      );
    }
    this.log.add("assistant", "welcome", body);
  }

  #addAnswer(message, last) {
    const deeds = {
      choose: (button) => this.#press(button.title, button.id),
      rate: (...opinion) => this.talk.rate(...opinion),
      copy: copyText,
      cards: cardsOf,
      card: showCards,
    };
    const shown = last ? message : { ...message, buttons: [] };
    this.log.add("assistant", message.id ?? `answer-${message.at}`, assistantMessage(shown, deeds));
  }

  #visitor(message, state, detail) {
    return visitorMessage(message, state, {
      detail,
      retry: () => this.talk.retry(),
      discard: () => this.talk.discard(message.id),
    });
  }

  /** Quick replies belong to the newest answer: those above go. */
  #settle() {
    for (const old of this.log.messages.querySelectorAll(".choices")) old.remove();
  }
}

/** Black or white, whichever is easier to read on a colour (WCAG 2.2, relative luminance). */
function textOn(color) {
  const [red, green, blue] = [1, 3, 5]
    .map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000000" : "#ffffff";
}
