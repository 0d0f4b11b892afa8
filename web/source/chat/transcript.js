// The talk as text: saved, shared or copied.
import { plain } from "./message.js";
import { moment, t } from "./words.js";

/** @param {object[]} said as the API's history gives it */
export function transcript(said) {
  const lines = [t("saved_heading", { date: moment(new Date()) }), location.origin, ""];
  for (const message of said) {
    const who = t(message.from === "visitor" ? "you" : "assistant");
    lines.push(`[${moment(message.at)}] ${who}:`, message.from === "visitor" ? message.text : plain(message), "");
  }
  return lines.join("\n");
}

/** Saves a text as a file: by the phone's own sharing where there is one, else as a download. */
export async function save(name, text) {
  // The mark in front tells old editors that it is UTF-8.
  const file = new File([`\ufeff${text}`], `${name}.txt`, { type: "text/plain;charset=utf-8" });
  if (matchMedia("(pointer: coarse)").matches && navigator.canShare?.({ files: [file] })) {
    try {
      await navigator.share({ files: [file], title: name });
      return;
    } catch (error) {
      if (error.name === "AbortError") return; // changed their mind
    }
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = file.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** @returns {Promise<boolean>} whether the text is in the clipboard */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Pages without TLS and some frames have no clipboard; the old way still works in most.
  }
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "unseen";
  const before = document.activeElement;
  document.body.append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  before?.focus();
  return copied;
}
