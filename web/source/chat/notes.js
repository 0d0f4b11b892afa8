// The line above the talk: what the visitor should know about the connection, read out politely.
import { isUp } from "./api.js";
import { el } from "./dom.js";
import { t } from "./words.js";

const EVERY = 2000; // milliseconds between looks at an engine that starts

export class Notes {
  #waking = false;
  #said = null;
  #watching = false;

  constructor() {
    this.element = el("div.notes", { role: "status" });
  }

  /** Says a text; null takes the last one away. */
  say(name, fillings) {
    this.#said = name ? [name, fillings] : null;
    this.retell();
  }

  /** Says the same in the language of now. */
  retell() {
    const lines = [];
    if (this.#waking) lines.push(el("p.waking", {}, t("waking")));
    if (this.#said) lines.push(el("p", { class: this.#said[0] }, t(...this.#said)));
    this.element.replaceChildren(...lines);
  }

  /** Shows that the engine starts, for as long as it does. */
  async watchEngine() {
    if (this.#watching) return;
    this.#watching = true;
    for (let up = await isUp(); up === false; up = await isUp()) {
      if (!this.#waking) {
        this.#waking = true;
        this.retell();
      }
      await new Promise((done) => setTimeout(done, EVERY));
    }
    if (this.#waking) {
      this.#waking = false;
      this.say("ready");
    }
    this.#watching = false;
  }
}
