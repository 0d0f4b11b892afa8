// What a page may choose, from its script tag or from `XiaduChat.set`.

const LONGEST = 500; // characters of a greeting

/** @returns {object} the settings that are there and can be used; others are left out. "" takes greeting or topic back. */
export function readTag({ language, position, color, greeting, topic }) {
  const settings = {
    language: text(language),
    position: position === "left" || position === "right" ? position : undefined,
    color: /^#[0-9a-f]{6}$/i.test(color ?? "") ? color : undefined,
    greeting: typeof greeting === "string" ? greeting.trim().slice(0, LONGEST) : undefined,
    topic: /^[a-z_]{0,40}$/.test(topic ?? "-") ? topic : undefined,
  };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

const text = (value) => (typeof value === "string" && value.trim() ? value.trim() : undefined);

/**
 * Chooses the language: the wanted one, else the page's, else the browser's, else the first.
 * @param {string|undefined} wanted a code, or "auto"
 * @param {string[]} there e.g. ["en", "zh"]
 */
export function chosenLanguage(wanted, there) {
  const asked = wanted && wanted !== "auto" ? [wanted] : [];
  for (const tag of [...asked, document.documentElement.lang, ...navigator.languages]) {
    const code = tag?.toLowerCase().split("-")[0];
    if (there.includes(code)) return code;
  }
  return there[0];
}

/** Black or white, whichever is easier to read on a colour (WCAG 2.2, relative luminance). */
export function textOn(color) {
  const [red, green, blue] = [1, 3, 5]
    .map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000000" : "#ffffff";
}
