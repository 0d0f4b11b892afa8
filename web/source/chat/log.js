// The list of messages and the input: the chat component, with what it lacks for keyboards and screen readers.
// Messages are put into it as empty places that are filled with elements, never as markup; and since it would show
// what a visitor typed as Markdown, sending is taken over before it sees it.
import "deep-chat/dist/deepChat.bundle.js";
import { el } from "./dom.js";
import styles from "./log.shadow.css";
import { t } from "./words.js";

const SIDES = { visitor: "user", assistant: "ai" };

export class Log {
  /**
   * @param {() => void} onSend the visitor wants to send the input
   * @param {() => void} onInput the input changed
   */
  constructor(onSend, onInput) {
    this.element = document.createElement("deep-chat");
    Object.assign(this.element, {
      connect: { handler: () => {} }, // never called: see above
      textInput: { placeholder: { text: t("placeholder") } },
      displayLoadingBubble: false,
    });
    this.rendered = this.#drawn().then(() => this.#prepare(onSend, onInput));
  }

  async #drawn() {
    await new Promise((resolve) => {
      this.element.onComponentRender = resolve;
    });
    // On a slow machine it draws itself before it has seen its settings, and then once more, all anew.
    while (this.element._waitingToRender_) await new Promise((resolve) => setTimeout(resolve));
  }

  #prepare(onSend, onInput) {
    const root = this.element.shadowRoot;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(styles);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    this.messages = root.getElementById("messages");
    this.input = root.getElementById("text-input");
    this.button = root.querySelector(".input-button");
    try {
      this.input.contentEditable = "plaintext-only"; // pasted text brings no markup with it
    } catch {
      // an older browser: the component cleans what is pasted
    }
    this.messages.setAttribute("role", "log");
    this.messages.tabIndex = 0; // it scrolls, so the keyboard must reach it
    this.input.setAttribute("aria-multiline", "true");
    this.relabel();

    const take = (event) => {
      event.preventDefault();
      event.stopImmediatePropagation();
      onSend();
    };
    const on = (event, part) => event.composedPath().includes(part);
    // Capturing on the host: earlier than the component's own listeners.
    this.element.addEventListener("click", (event) => on(event, this.button) && take(event), true);
    this.element.addEventListener(
      "keydown",
      (event) => {
        if (on(event, this.input) && event.key === "Enter" && !event.shiftKey) {
          // Enter that chooses a Chinese word goes to the browser, not to the component, which would send.
          if (event.isComposing || event.keyCode === 229) event.stopImmediatePropagation();
          else take(event);
        }
        if (on(event, this.button) && (event.key === "Enter" || event.key === " ")) take(event);
      },
      true,
    );
    this.input.addEventListener("input", onInput);
    // A phone's keyboard or a note above takes room: what was shown last stays in sight.
    new ResizeObserver(() => this.scroll()).observe(this.messages);
  }

  /** Names everything in the reader's language. */
  relabel() {
    this.messages.setAttribute("aria-label", t("log"));
    this.input.setAttribute("deep-chat-placeholder-text", t("placeholder"));
    this.input.setAttribute("aria-label", t("input"));
    this.button.setAttribute("aria-label", t("send"));
    this.button.title = t("send");
  }

  /** Shows a message at the end. */
  add(from, key, content) {
    this.element.addMessage({ role: SIDES[from], html: `<div class="place" data-new></div>` });
    const place = this.messages.querySelector("[data-new]");
    place.removeAttribute("data-new");
    place.dataset.key = key;
    place.append(content);
    this.scroll();
  }

  place(key) {
    return [...this.messages.querySelectorAll(".place")].find((place) => place.dataset.key === key);
  }

  replace(key, content) {
    this.place(key)?.replaceChildren(content);
    this.scroll();
  }

  remove(key) {
    this.place(key)?.closest(".outer-message-container")?.remove();
  }

  /** Fills the list anew without reading it out. */
  refill(fill) {
    this.messages.setAttribute("aria-live", "off");
    this.element.clearMessages();
    fill();
    setTimeout(() => this.messages.setAttribute("aria-live", "polite"), 300);
  }

  typing(on) {
    this.remove("typing");
    if (!on) return;
    const dots = el("span.dots", { "aria-hidden": "true" }, el("i"), el("i"), el("i"));
    this.add("assistant", "typing", el("div.body.typing", {}, dots, el("span", {}, t("typing"))));
  }

  get text() {
    // biome-ignore lint/performance/useDomNodeTextContent: the lines that a visitor sees, as breaks
    return this.input.innerText.replace(/\n$/, "");
  }

  set text(text) {
    this.input.textContent = text;
    this.input.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }

  focus() {
    this.input.focus();
  }

  /** Shows the end of the talk; of a long answer its beginning, with the question above it. */
  scroll() {
    const places = [...this.messages.querySelectorAll(".user-message")];
    const top = places.at(-1)?.getBoundingClientRect().top - this.messages.getBoundingClientRect().top;
    const end = this.messages.scrollHeight - this.messages.clientHeight;
    this.messages.scrollTop = Number.isNaN(top) ? end : Math.min(end, this.messages.scrollTop + top - 8);
  }
}
