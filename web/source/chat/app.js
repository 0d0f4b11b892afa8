// Puts the page together: what the talk says goes to the log, what the visitor does goes to the talk.

import { textOn } from "../widget/settings.js";
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
const STEPS = [10, 50, 100, WARN]; // and read out

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
  #states = new Map(); // of what is not sent, as it is drawn

  constructor(wanted) {
    this.wanted = wanted;
    this.notes = new Notes();
    this.talk = new Talk(this, () => (spoken.includes(store.get("language")) ? store.get("language") : undefined));
    this.host = new Host({
      opened: () => {
        this.host.seen();
        this.log.scroll(); // nothing could be measured while it was hidden
        this.log.focus();
      },
      set: (wishes) => this.#adopt(wishes),
      ask: (text) => this.#send(text),
    });
    this.counter = el("p.counter");
    this.counted = el("p.unseen", { role: "status" }); // read out at a few numbers only
  }

  async build() {
    this.log = new Log(
      () => this.#submit(),
      () => this.#typed(),
    );
    const main = el("main", {}, this.log.element);
    this.header = el("div");
    this.links = el("div");
    const app = document.getElementById("app");
    app.classList.remove("plain");
    app.replaceChildren(this.header, this.notes.element, main, this.counter, this.counted, this.links);
    await this.log.rendered;
    this.#colour(this.wanted.color);
    this.#name();
    this.log.text = store.get("draft") ?? "";
    this.notes.watchEngine();
    if (!store.lasting()) this.notes.say("storage_off");
    this.#draw([], store.outbox());
    if (!embedded) this.log.focus();
    const opening = this.talk.open();
    this.host.ready();
    if (store.get("language")) this.host.language(language());
    await opening;
  }

  // What the talk tells us -------------------------------------------------------------------------------------------

  reset(said, unsent, sending = null) {
    // What stands there already keeps its place, its focus and a remark that is being written.
    const same = identity(said, unsent) === identity(this.#said, [...this.#unsent.values()]);
    if (!same) this.#draw(said, unsent, sending);
  }

  #draw(said, unsent, sending = null) {
    this.#said = said;
    this.#unsent = new Map(unsent.map((message) => [message.id, message]));
    this.#states.clear();
    this.log.refill(() => {
      this.#welcome(said.length + unsent.length === 0 && !this.talk.token);
      said.forEach((message, index) => {
        const last = index === said.length - 1 && !unsent.length;
        if (message.from === "visitor") this.log.add("visitor", message.id, visitorMessage(message));
        else this.#addAnswer(message, last);
      });
      for (const message of unsent) {
        const state = message.id === sending ? "sending" : "unsent";
        this.log.add("visitor", message.id, this.#visitor(message, state));
        this.#states.set(message.id, state);
      }
    });
  }

  sent(message) {
    this.#unsent.set(message.id, message);
    this.#states.set(message.id, "sending");
    this.#settle();
    this.log.add("visitor", message.id, this.#visitor(message, "sending"));
  }

  /** `sending`, `unsent`, `sent` or `gone`. Only what looks different is drawn anew: the list is read out. */
  state(id, state) {
    const message = this.#unsent.get(id);
    if (!message) return;
    if (state === "gone") this.log.remove(id);
    else if ((state === "unsent") !== (this.#states.get(id) === "unsent"))
      this.log.replace(id, this.#visitor(message, state));
    this.#states.set(id, state);
    if (state === "sent" || state === "gone") this.#unsent.delete(id);
    if (state === "sent")
      this.#said.push({ from: "visitor", id, text: message.text, at: new Date(message.at).toISOString() });
    if (state === "gone") this.log.focus();
  }

  /** The service will not take it: the text goes back to where it can be changed. */
  refused(message) {
    this.state(message.id, "gone");
    if (!this.log.text.trim()) this.log.text = message.text;
    this.notes.say("refused");
  }

  renamed(before, after) {
    const message = this.#unsent.get(before);
    const place = this.log.place(before);
    if (!message || !place) return;
    place.dataset.key = after;
    this.#unsent.set(after, { ...message, id: after });
    this.#states.set(after, this.#states.get(before));
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
    const step = over ? "over" : STEPS.find((most) => left < most);
    if (step !== this.step) this.counted.textContent = this.counter.textContent;
    this.step = step;
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
    this.#redraw();
    this.header.querySelector("[aria-controls=menu]").focus();
  }

  /** The host page asks for another look while the talk goes on; what the visitor chose stays. */
  #adopt(wishes) {
    this.wanted = { ...this.wanted, ...wishes };
    this.#colour(wishes.color);
    if (wishes.language && !store.get("language")) {
      speak(wishes.language);
      this.#name();
    }
    if ("language" in wishes || "greeting" in wishes || "topic" in wishes) this.#redraw();
  }

  #redraw() {
    const sending = [...this.#states].find(([, state]) => state === "sending")?.[0];
    this.#draw(this.#said, [...this.#unsent.values()], sending);
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

  #visitor(message, state) {
    return visitorMessage(message, state, {
      retry: () => {
        this.log.focus();
        this.talk.retry();
      },
      discard: () => this.talk.discard(message.id),
    });
  }

  /** Quick replies belong to the newest answer: those above go. */
  #settle() {
    for (const old of this.log.messages.querySelectorAll(".choices")) old.remove();
  }
}

/** Tells whether two talks are the same. */
const identity = (said, unsent) => JSON.stringify([said.map(({ id }) => id), unsent.map(({ id }) => id)]);
