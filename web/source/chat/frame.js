// What stands around the talk: heading, menu, links.
import { el, icon, iconButton } from "./dom.js";
import { embedded, languages } from "./told.js";
import { language, t } from "./words.js";

/** @param {object} deeds by the names of the menu's texts; `minimise` is null on the page */
export function makeHeader(deeds) {
  const menu = el("div.menu", { id: "menu", hidden: true });
  const button = el(
    "button.icon",
    { "aria-label": t("menu"), title: t("menu"), "aria-expanded": "false", "aria-controls": "menu" },
    icon("menu"),
  );
  const show = (open) => {
    menu.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
  };
  button.addEventListener("click", () => show(menu.hidden));
  const entry = (name) => el("button", { onclick: () => [show(false), button.focus(), deeds[name]()] }, t(name));
  menu.append(
    el(
      "div.languages",
      { role: "group", "aria-label": t("language") },
      ...Object.entries(languages).map(([code, name]) =>
        el(
          "button",
          { lang: code, "aria-pressed": String(code === language()), onclick: () => deeds.language(code) },
          name,
        ),
      ),
    ),
    ...["transcript", "transcript_copy", "print", "restart", "forget"].map(entry),
  );
  const minimise = deeds.minimise && iconButton("minimise", t("minimise"), deeds.minimise);
  const header = el("header", {}, el("h1", {}, t("heading")), el("div.right", {}, button, minimise), menu);
  header.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || menu.hidden) return;
    event.stopPropagation(); // closes the menu only, not the frame
    show(false);
    button.focus();
  });
  // A menu that loses the focus, or sees a click elsewhere, closes.
  header.addEventListener(
    "focusout",
    (event) => event.relatedTarget && !header.contains(event.relatedTarget) && show(false),
  );
  const elsewhere = (event) => {
    if (!header.isConnected)
      document.removeEventListener("click", elsewhere); // another language's took its place
    else if (!header.contains(event.target)) show(false);
  };
  document.addEventListener("click", elsewhere);
  return header;
}

/** The public pages; from a frame they open in a tab of their own. */
export function makeLinks(code) {
  const pages = ["about", "questions", "privacy", "accessibility"];
  const more = embedded ? { target: "_blank", rel: "noopener" } : {};
  return el(
    "nav",
    { "aria-label": t("links.about") },
    ...pages.map((name) =>
      el(
        "a",
        { href: `/${name}?language=${code}`, ...more },
        t(`links.${name}`),
        embedded ? el("span.unseen", {}, ` (${t("new_window")})`) : null,
      ),
    ),
  );
}
