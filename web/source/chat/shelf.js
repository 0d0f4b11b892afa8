// Where a browser lets us keep something: like `localStorage`, whatever it really is.
//
// A browser that blocks third-party cookies may forbid a frame on another site all its storage, but for "partitioned"
// cookies (CHIPS), which belong to the frame and the site around it together and follow nobody anywhere. They serve as
// storage only: no message takes them along (their path is the frame's own), and the service never reads them.

const ATTRIBUTES = "Path=/embed; Secure; SameSite=None; Partitioned";
const MOST = 3000; // bytes in all
const A_SEASON = 90 * 24 * 3600; // seconds

/** @returns {{keys(): string[], get(name): string|null, set(name, value): boolean, lasting: boolean}} */
export function openShelf(prefix, framed) {
  return localShelf(prefix) ?? (framed ? cookieShelf(prefix) : null) ?? memoryShelf();
}

function localShelf(prefix) {
  try {
    const storage = window.localStorage;
    storage.setItem(`${prefix}try`, "1");
    storage.removeItem(`${prefix}try`);
    return {
      lasting: true,
      keys: () =>
        Object.keys(storage)
          .filter((key) => key.startsWith(prefix))
          .map((key) => key.slice(prefix.length)),
      get: (name) => storage.getItem(prefix + name),
      set(name, value) {
        try {
          if (value === null) storage.removeItem(prefix + name);
          else storage.setItem(prefix + name, value);
          return true;
        } catch {
          return false; // full
        }
      },
    };
  } catch {
    return null; // forbidden
  }
}

function cookieShelf(prefix) {
  const read = () =>
    new Map(
      document.cookie
        .split("; ")
        .filter((pair) => pair.startsWith(prefix))
        .map((pair) => pair.slice(prefix.length).split("="))
        .map(([name, value]) => [name, opened(value)]),
    );
  const shelf = {
    lasting: true,
    keys: () => [...read().keys()],
    get: (name) => read().get(name) ?? null,
    set(name, value) {
      const age = value === null ? 0 : A_SEASON;
      // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store is missing in many browsers
      document.cookie = `${prefix}${name}=${value === null ? "" : closed(value)}; Max-Age=${age}; ${ATTRIBUTES}`;
      // They go along when the frame itself is loaded: servers and proxies refuse headers that are too long.
      if (value !== null && new Blob([document.cookie]).size > MOST) {
        shelf.set(name, null);
        return false;
      }
      return shelf.get(name) === value;
    },
  };
  const works = shelf.set("try", "1");
  shelf.set("try", null);
  return works ? shelf : null;
}

// Only what would end a cookie's value is escaped: Chinese stays three bytes a character.
const closed = (text) => text.replace(/[%;=\s"\\,\p{Cc}]/gu, (char) => encodeURIComponent(char));
const opened = (text) => {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
};

function memoryShelf() {
  const kept = new Map();
  return {
    lasting: false,
    keys: () => [...kept.keys()],
    get: (name) => kept.get(name) ?? null,
    set(name, value) {
      if (value === null) kept.delete(name);
      else kept.set(name, value);
      return true;
    },
  };
}
