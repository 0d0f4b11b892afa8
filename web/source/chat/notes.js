// The line above the talk: what the visitor should know about the connection, read out politely.
import { isUp } from "./api.js";
import { el } from "./dom.js";
import { t } from "./words.js";

const SOON = 2000; // milliseconds until the next look at an engine that starts
const LATE = 15_000; // and at most, when it doesn't

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
    let pause = SOON;
    for (let up = await isUp(); up !== true; up = await isUp()) {
      // Where nobody answers at all, other notes say so.
      if (up === false && !this.#waking) {
        this.#waking = true;
        this.retell();
      }
      await new Promise((done) => setTimeout(done, pause));
      pause = Math.min(pause * 1.2, LATE);
    }
    if (this.#waking) {
      this.#waking = false;
      if (this.#said) this.retell();
      else this.say("ready");
    }
    this.#watching = false;
  }
}
