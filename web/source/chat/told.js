// What the server wrote into the page, and what the host page wrote into the frame's address.

const told = JSON.parse(document.getElementById("told").textContent);
// In the fragment, so that no log of any server holds it.
const asked = new URLSearchParams(location.hash.slice(1));

export const { languages, spoken, texts } = told;
export const embedded = told.embedded && window.parent !== window;
/** The origin of the page that embeds us; nothing is told to any other. */
export const host = embedded ? asked.get("host") : null;

/** @returns {{language?: string, color?: string, greeting?: string, topic?: string}} what the host page asked for */
export function wishes() {
  return Object.fromEntries(
    ["language", "color", "greeting", "topic"].map((name) => [name, asked.get(name) || undefined]),
  );
}
