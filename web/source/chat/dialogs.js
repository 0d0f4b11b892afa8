// Questions that must be answered first, and the card: the browser's own dialogs keep the focus and give it back.
import { el } from "./dom.js";
import { t } from "./words.js";

function open(dialog) {
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.showModal();
}

/** @returns {Promise<boolean>} whether the visitor said yes */
export function confirmed(question) {
  return new Promise((resolve) => {
    const text = el("p", { id: "question" }, question);
    const dialog = el("dialog", { "aria-labelledby": "question" });
    const button = (name, value, style) => el(`button.${style}`, { onclick: () => dialog.close(value) }, t(name));
    dialog.append(text, el("div.row", {}, button("no", "no", "quiet"), button("yes", "yes", "strong")));
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"));
    open(dialog);
  });
}

/** Shows names to somebody who reads Chinese: large, with pinyin and English. */
export function showCards(cards) {
  const dialog = el("dialog.cards", { "aria-labelledby": "cards" });
  dialog.append(el("h2", { id: "cards" }, t("card_title")));
  for (const { zh, pinyin, en } of cards) {
    dialog.append(
      el(
        "article",
        {},
        el("p.zh", { lang: "zh-CN" }, zh),
        el("p.pinyin", { lang: "zh-Latn" }, pinyin),
        el("p.en", { lang: "en" }, en),
      ),
    );
  }
  dialog.append(el("div.row", {}, el("button.strong", { onclick: () => dialog.close() }, t("card_close"))));
  open(dialog);
}
