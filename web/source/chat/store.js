// What this browser keeps: the conversation's token, messages that are not sent yet, the draft, the language.
import { openShelf } from "./shelf.js";
import { embedded } from "./told.js";

const OUT = "out.";
const shelf = openShelf("xiadu.", embedded);
const unkept = new Map(); // what found no room lasts as long as the page
// Tells other tabs what changed; frames on other sites hear only those of the same site.
const channel = "BroadcastChannel" in window ? new BroadcastChannel("xiadu") : null;

export const lasting = () => shelf.lasting;

export const get = (name) => unkept.get(name) ?? shelf.get(name);

export function set(name, value) {
  unkept.delete(name);
  if (!shelf.set(name, value || null)) {
    shelf.set(name, null);
    unkept.set(name, value);
  }
}

/** The messages that are not sent yet, oldest first. One entry each, so that two tabs don't overwrite each other's. */
export function outbox() {
  const messages = [];
  for (const name of new Set([...shelf.keys(), ...unkept.keys()])) {
    if (!name.startsWith(OUT)) continue;
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

/** Tells other tabs that the talk went on, or ended. */
export const tellTabs = () => channel?.postMessage("turn");

/** Calls back when another tab tells so. */
export function onTurn(call) {
  channel?.addEventListener("message", call);
}
