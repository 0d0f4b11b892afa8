// The page that embeds us. It is told no word of the talk; what it may ask for is how we look, and a question.
import { embedded, host } from "./told.js";

export class Host {
  #open = false;
  #unread = 0;

  /** @param {object} deeds `opened()`, `set(wishes)`, `ask(text)` */
  constructor(deeds) {
    this.title = "";
    document.addEventListener("visibilitychange", () => document.hidden || this.#embeddedAndClosed() || this.seen());
    if (!embedded || !host) return;
    window.addEventListener("message", ({ source, origin, data }) => {
      if (source !== window.parent || origin !== host || data?.xiadu !== 1) return;
      if (data.type === "opened") {
        this.#open = true;
        deeds.opened();
      }
      if (data.type === "closed") this.#open = false;
      if (data.type === "set") deeds.set(texts(data, ["language", "color", "greeting", "topic"]));
      if (data.type === "ask" && typeof data.text === "string" && data.text.trim())
        deeds.ask(data.text.trim().slice(0, 2000));
    });
    document.addEventListener("keydown", (event) => {
      if (
        event.key === "Escape" &&
        !event.isComposing &&
        event.keyCode !== 229 &&
        !document.querySelector("dialog[open]")
      )
        this.close();
    });
  }

  ready() {
    this.#tell("ready");
  }

  close() {
    this.#open = false;
    this.#tell("close");
  }

  language(language) {
    this.#tell("language", { language });
  }

  /** Answers came: counted where nobody looks. */
  came(count) {
    if (document.hidden || this.#embeddedAndClosed()) this.#count(this.#unread + count);
  }

  seen() {
    this.#count(0);
  }

  #embeddedAndClosed() {
    return embedded && !this.#open;
  }

  #count(unread) {
    this.#unread = unread;
    const bare = document.title.replace(/^\(\d+\) /, "");
    document.title = unread ? `(${unread}) ${bare}` : bare;
    this.#tell("unread", { count: unread });
  }

  #tell(type, more = {}) {
    if (embedded && host) window.parent.postMessage({ xiadu: 1, type, ...more }, host);
  }
}

const texts = (data, names) =>
  Object.fromEntries(
    names.filter((name) => typeof data[name] === "string").map((name) => [name, data[name].slice(0, 500)]),
  );
