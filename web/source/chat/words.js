// Words in the reader's language.
import { languages, texts } from "./told.js";

let current = document.documentElement.lang;

export const language = () => current;

/** Changes the language; one that isn't there is ignored. */
export function speak(code) {
  if (!languages[code]) return;
  current = code;
  document.documentElement.lang = code;
}

/** @returns {string} a text, with its {fillings} filled */
export function t(name, fillings = {}) {
  return (texts[current][name] ?? name).replace(/\{(\w+)\}/g, (whole, key) => fillings[key] ?? whole);
}

/** @returns {string[]} all texts whose names begin with `name.` */
export function all(name) {
  return Object.keys(texts[current])
    .filter((key) => key.startsWith(`${name}.`))
    .map((key) => texts[current][key]);
}

/** @param {string} partial 2012, 2012-06 or 2012-06-10 */
export function date(partial) {
  const parts = partial.split("-").map(Number);
  const options = { timeZone: "UTC", year: "numeric" };
  if (parts.length > 1) options.month = "long";
  if (parts.length > 2) options.day = "numeric";
  const [year, month = 1, day = 1] = parts;
  return new Intl.DateTimeFormat(t("locale"), options).format(new Date(Date.UTC(year, month - 1, day)));
}

/** A moment (milliseconds, or as ISO 8601) as day and time in the reader's own zone. */
export const moment = (at) =>
  new Intl.DateTimeFormat(t("locale"), { dateStyle: "medium", timeStyle: "short" }).format(new Date(at));
