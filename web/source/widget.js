// The widget: one script tag puts a launcher on any page, and the chat in a frame of our own origin.
// See docs/connectors/web_chat.md. Nothing but this file is loaded until somebody opens the chat.
import { Launcher } from "./widget/launcher.js";
import { chosenLanguage, readTag } from "./widget/settings.js";

// The server puts the launcher's words here, by language (web/chat_page.py).
const TEXTS = "__TEXTS__";

function begin() {
  if (window.XiaduChat) return; // the same script twice on one page
  const tag = document.currentScript ?? document.querySelector('script[src*="/widget.js"]');
  const origin = new URL(tag.src).origin;
  const settings = readTag(tag.dataset);
  const launcher = new Launcher(origin, TEXTS, settings, chosenLanguage(settings.language, Object.keys(TEXTS)));

  window.XiaduChat = Object.freeze({
    open: () => launcher.open(),
    close: () => launcher.close(),
    toggle: () => launcher.toggle(),
    set: (changes) => launcher.set(readTag(changes ?? {})),
    ask: (text) => launcher.ask(String(text)),
    on: (event, handler) => launcher.on(event, handler),
    destroy: () => {
      launcher.destroy();
      delete window.XiaduChat;
    },
  });
  if (document.body) launcher.show();
  else document.addEventListener("DOMContentLoaded", () => launcher.show(), { once: true });
}

begin();
