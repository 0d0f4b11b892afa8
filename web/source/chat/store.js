// What this browser keeps: the conversation's token, messages that are not sent yet, the draft, the language. In a frame
// it is the storage of our own origin (kept apart by browsers for each site that embeds us), never a cookie.

const PREFIX = "xiadu.";
const OUT = "out.";
const memory = new Map();

let storage = null;
try {
  storage = window.localStorage;
  storage.setItem(`${PREFIX}try`, "1");
  storage.removeItem(`${PREFIX}try`);
} catch {
  storage = null; // forbidden or full: the talk lasts as long as the page
}

export const lasting = () => storage !== null;

export function get(name) {
  try {
    if (storage) return storage.getItem(PREFIX + name);
  } catch {
    storage = null;
  }
  return memory.get(name) ?? null;
}

export function set(name, value) {
  if (value === null || value === "") memory.delete(name);
  else memory.set(name, value);
  try {
    if (value === null || value === "") storage?.removeItem(PREFIX + name);
    else storage?.setItem(PREFIX + name, value);
  } catch {
    storage = null;
  }
}

/** The messages that are not sent yet, oldest first. One entry each, so that two tabs don't overwrite each other's. */
export function outbox() {
  const names = storage
    ? Object.keys(storage)
        .filter((key) => key.startsWith(PREFIX))
        .map((key) => key.slice(PREFIX.length))
    : [...memory.keys()];
  const messages = [];
  for (const name of names.filter((name) => name.startsWith(OUT))) {
    try {
      messages.push(JSON.parse(get(name)));
    } catch {
      set(name, null);
    }
  }
  return messages.filter(Boolean).sort((a, b) => a.at - b.at);
}

export const post = (message) => set(OUT + message.id, JSON.stringify(message));
export const unpost = (id) => set(OUT + id, null);
export const isPosted = (id) => get(OUT + id) !== null;

export function forget() {
  for (const { id } of outbox()) unpost(id);
  for (const name of ["token", "draft"]) set(name, null);
}

/** Calls back when another tab changes something: with its name and its value. */
export function onChange(call) {
  window.addEventListener("storage", (event) => {
    if (event.storageArea === storage && event.key?.startsWith(PREFIX))
      call(event.key.slice(PREFIX.length), event.newValue);
  });
}
