// The button on the host's page, and the panel with our frame.

import { chosenLanguage, textOn } from "./settings.js";
import styles from "./widget.shadow.css";

const PATIENCE = 15_000; // milliseconds until a frame that says nothing counts as failed
const EVENTS = ["open", "close", "unread", "ready"];
const FILLS_SCREEN = "(max-width: 480px), (max-height: 480px)"; // as in widget.shadow.css

export class Launcher {
  #handlers = new Map(EVENTS.map((event) => [event, new Set()]));
  #waiting = []; // messages for a frame that isn't ready
  #ready = false;
  #unread = 0;
  #frame = null;
  #timer = 0;
  #seen = 0; // of what the frame counts as unread: it lay open, though the focus was elsewhere
  #destroyed = false;

  /**
   * @param {string} origin of the service
   * @param {object} texts the launcher's words, by language
   * @param {object} settings see settings.js
   * @param {string} language of the words
   */
  constructor(origin, texts, settings, language) {
    Object.assign(this, { origin, texts, settings, language });
    this.isOpen = false;
    this.host = document.createElement("xiadu-chat");
    const root = this.host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet(); // made by script: a page's policy on styles doesn't refuse it
    sheet.replaceSync(styles);
    root.adoptedStyleSheets = [sheet];

    this.button = make("button", {
      type: "button",
      part: "launcher",
      "aria-expanded": "false",
      "aria-controls": "panel",
    });
    this.badge = make("span", { class: "badge", hidden: "", "aria-hidden": "true" });
    this.news = make("span", { class: "unseen", role: "status" });
    this.label = make("span", { class: "label", "aria-hidden": "true" });
    this.button.append(bubble(), this.label, this.badge);
    this.button.addEventListener("click", () => this.toggle());

    this.panel = make("div", { id: "panel", role: "dialog", tabindex: "-1", hidden: "" });
    this.status = make("p", { role: "status" });
    this.ways = make("p"); // beside the status, so that it isn't read with it
    const before = make("div", { class: "before" });
    before.append(this.status, this.ways);
    this.panel.append(before);
    root.addEventListener("keydown", (event) => event.key === "Escape" && !event.isComposing && this.close());
    root.append(this.button, this.news, this.panel);

    this.hear = (event) => this.#hear(event);
    window.addEventListener("message", this.hear);
    // Where the chat fills the screen, nobody would see what has the focus behind it.
    this.left = ({ target }) => target !== this.host && matchMedia(FILLS_SCREEN).matches && this.close();
    document.addEventListener("focusin", this.left);
    this.#dress();
  }

  /** Puts it on the page, behind the body: in a body with `transform` or `filter`, it would scroll away with it. */
  show() {
    if (!this.#destroyed) document.documentElement.append(this.host);
  }

  toggle() {
    if (this.isOpen) this.close();
    else this.open();
  }

  open() {
    if (this.isOpen) return;
    this.isOpen = true;
    this.host.dataset.open = "";
    this.panel.hidden = false;
    this.button.setAttribute("aria-expanded", "true");
    if (!this.#frame) this.#load();
    this.#count(0);
    this.#name();
    this.#focusInside();
    this.#fire("open");
  }

  close() {
    if (!this.isOpen) return;
    const focused = this.#hasFocus();
    this.isOpen = false;
    delete this.host.dataset.open;
    this.panel.hidden = true; // the frame stays loaded: an answer under way still comes, and is counted
    this.button.setAttribute("aria-expanded", "false");
    this.#name();
    this.#tell("closed");
    if (focused) this.button.focus();
    this.#fire("close");
  }

  /** Changes settings while the page is open. */
  set(changes) {
    Object.assign(this.settings, changes);
    if (changes.language) this.language = chosenLanguage(changes.language, Object.keys(this.texts));
    this.#dress();
    if (this.#frame) this.#tell("set", { ...changes, ...(changes.language && { language: this.language }) });
  }

  /** Opens the chat and asks a question there. */
  ask(text) {
    this.open();
    this.#tell("ask", { text });
  }

  /** @returns {() => void} what takes the handler off again */
  on(event, handler) {
    const handlers = this.#handlers.get(event);
    if (!handlers) throw new RangeError(`XiaduChat has no event ${event}: it has ${EVENTS.join(", ")}.`);
    handlers.add(handler);
    return () => handlers.delete(handler);
  }

  destroy() {
    this.#destroyed = true;
    clearTimeout(this.#timer);
    window.removeEventListener("message", this.hear);
    document.removeEventListener("focusin", this.left);
    this.host.remove();
  }

  #load() {
    this.#ready = false;
    this.#seen = 0;
    this.#frame?.remove();
    // In the fragment, so that no log of any server holds it.
    const { color, greeting, topic } = this.settings;
    const wanted = { host: location.origin, language: this.language, color, greeting, topic };
    const told = new URLSearchParams(Object.entries(wanted).filter(([, value]) => value));
    this.#frame = make("iframe", {
      src: `${this.origin}/embed#${told}`,
      title: this.#text("frame"),
      allow: "clipboard-write; web-share",
      referrerpolicy: "origin",
    });
    this.#say("loading");
    this.panel.append(this.#frame);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ready || this.#say("failed", true), PATIENCE);
  }

  #hear({ source, origin, data }) {
    if (!this.#frame || source !== this.#frame.contentWindow || origin !== this.origin || data?.xiadu !== 1) return;
    if (data.type === "ready") {
      this.#ready = true;
      clearTimeout(this.#timer);
      this.#frame.dataset.ready = "";
      this.#say(null);
      for (const message of this.#waiting.splice(0)) this.#post(message);
      if (this.isOpen && this.#hasFocus()) this.#focusInside();
      this.#fire("ready");
    }
    if (data.type === "close") this.close();
    if (data.type === "unread") {
      const count = Number(data.count) || 0;
      if (this.isOpen) this.#seen = count;
      else this.#count(Math.max(0, count - this.#seen));
    }
    if (data.type === "language" && this.texts[data.language]) {
      this.language = data.language;
      this.#dress();
    }
  }

  /** Until there is a chat, the panel with its words has the focus. */
  #focusInside() {
    if (!this.#ready) return this.panel.focus();
    this.#frame.focus();
    return this.#tell("opened");
  }

  /** Whether the focus is ours, or nobody's: it isn't taken from a field of the page. */
  #hasFocus() {
    return [this.host, document.body, null].includes(document.activeElement);
  }

  #tell(type, more = {}) {
    const message = { xiadu: 1, type, ...more };
    if (this.#ready) this.#post(message);
    else if (type !== "opened" && type !== "closed") this.#waiting.push(message);
  }

  #post(message) {
    this.#frame.contentWindow.postMessage(message, this.origin);
  }

  #count(unread) {
    if (unread === this.#unread) return;
    this.#unread = unread;
    this.#name();
    this.#fire("unread", unread);
  }

  #fire(event, detail) {
    for (const handler of this.#handlers.get(event)) handler(detail);
  }

  #say(name, again = false) {
    this.status.textContent = name ? this.#text(name) : "";
    this.ways.replaceChildren();
    if (again) this.#way("retry", () => this.#retry());
    // On a phone the chat covers the launcher: there must be a way back from the first moment.
    if (name) this.#way("close", () => this.close());
  }

  #way(name, act) {
    const button = make("button", { type: "button" });
    button.append(this.#text(name));
    button.addEventListener("click", act);
    this.ways.append(button);
  }

  #retry() {
    this.#load();
    this.#focusInside(); // the button that had it is gone
  }

  #text(name, fillings = {}) {
    return this.texts[this.language][name].replace(/\{(\w+)\}/g, (_, key) => fillings[key]);
  }

  /** Gives it its colour, its side and its words. */
  #dress() {
    const { color, position } = this.settings;
    this.host.dataset.position = position ?? "right";
    if (color) {
      this.button.style.setProperty("--accent", color);
      this.button.style.setProperty("--on-accent", textOn(color));
    }
    this.host.lang = this.language;
    this.panel.setAttribute("aria-label", this.#text("frame"));
    if (this.#frame) this.#frame.title = this.#text("frame");
    this.label.textContent = this.#text("label");
    this.#name();
  }

  #name() {
    const unread = this.#unread ? this.#text("open_unread", { n: this.#unread }) : this.#text("open");
    this.button.setAttribute("aria-label", this.isOpen ? this.#text("close") : unread);
    this.label.hidden = this.isOpen; // what is seen must be part of the name
    this.badge.hidden = !this.#unread;
    this.news.textContent = this.#unread ? unread : ""; // read out, wherever the focus is
    this.badge.textContent = this.#unread > 9 ? "9+" : String(this.#unread);
  }
}

function make(name, attributes = {}) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

/** A speech bubble. */
function bubble() {
  const SVG = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  const drawing = {
    viewBox: "0 0 24 24",
    width: 24,
    height: 24,
    fill: "none",
    stroke: "currentColor",
    "stroke-width": 2,
  };
  for (const [key, value] of Object.entries({ ...drawing, "aria-hidden": "true", focusable: "false" }))
    svg.setAttribute(key, value);
  path.setAttribute("d", "M4 5h16v11h-9l-5 4v-4H4zM8 9h8M8 12h5");
  path.setAttribute("stroke-linejoin", "round");
  svg.append(path);
  return svg;
}
