// The talk: messages go out one after another, none is lost, none is answered twice. Knows nothing of the page.
import * as api from "./api.js";
import * as store from "./store.js";

const PAUSES = [3, 6, 12, 30]; // seconds before what could not be sent is sent again by itself

/** An idempotency key: 128 random bits. (randomUUID is missing where a page is served without TLS.) */
const newId = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** Runs work that only one tab may do at a time; where browsers forbid that, the keys still keep answers single. */
async function alone(work) {
  let begun = false;
  try {
    await navigator.locks.request("xiadu-send", () => {
      begun = true;
      return work();
    });
  } catch (error) {
    if (begun) throw error;
    await work();
  }
}

export class Talk {
  #show;
  #working = null;
  #again = false;
  #timer = 0;
  #failures = 0;
  #sending = null;
  #apart = false;
  #opened = Date.now();

  /**
   * @param {object} show what the page does: `reset(said, unsent)`, `sent(message)`, `state(id, state, detail)`,
   *   `answered(message, replies)`, `note(name, fillings)`, `typing(on)`
   * @param {() => string|undefined} language of the replies; undefined follows the question
   */
  constructor(show, language) {
    this.#show = show;
    this.language = language;
    store.onTurn(() => this.refresh());
    window.addEventListener("online", () => this.#hurry());
    window.addEventListener("offline", () => this.#show.note("offline"));
  }

  get token() {
    return store.get("token");
  }

  /** Shows what was said before, and sends what was left. */
  async open() {
    await this.refresh();
    if (store.outbox().length) await this.#work();
  }

  /** Shows the talk as the server has it, with what is not sent yet below. */
  async refresh() {
    let said = [];
    if (this.token) {
      try {
        said = (await api.history(this.token)).messages;
      } catch (failure) {
        if (failure.status === 404 || failure.status === 401) this.#lost();
        else {
          this.#show.note(navigator.onLine ? "unreachable" : "offline");
          this.#apart = true;
          this.#later(this.#pause(), () => this.open());
          return;
        }
      }
    }
    if (this.#apart) this.#show.note(null);
    this.#apart = false;
    this.#failures = 0;
    const unsent = store.outbox();
    // A message that is being answered just now stands in both.
    const last = said.at(-1);
    if (last?.from === "visitor" && unsent.some((message) => message.text === last.text)) said.pop();
    this.#show.reset(said, unsent);
    if (this.#sending) this.#show.typing(true);
  }

  /**
   * Sends a message.
   * @param {string} text what was written, or what stands on the button
   * @param {string} [button] its id
   */
  send(text, button) {
    const message = { id: newId(), text, at: Date.now(), ...(button && { button }) };
    store.post(message);
    this.#show.sent(message);
    return this.#work();
  }

  /** Sends what is left, now. */
  retry() {
    return this.#hurry();
  }

  discard(id) {
    store.unpost(id);
    this.#show.state(id, "gone");
    this.#show.note(null);
  }

  rate(message, rating, comment) {
    return api.rate(this.token, { message, rating, ...(comment && { comment }) });
  }

  /** Begins a new talk; the old one stays on the server until its time is up. */
  async restart() {
    for (const { id } of store.outbox()) store.unpost(id);
    await this.#working; // what is under way belongs to the old talk
    store.forget();
    store.tellTabs();
    await this.refresh();
  }

  /**
   * Deletes the talk everywhere.
   * @returns {Promise<boolean>} whether it is gone
   */
  async forget() {
    for (const { id } of store.outbox()) store.unpost(id);
    await this.#working; // its answer brings the token that deletes it
    try {
      if (this.token) await api.erase(this.token);
    } catch (failure) {
      if (failure.status !== 404 && failure.status !== 401) return false;
    }
    await this.restart();
    return true;
  }

  #lost() {
    store.set("token", null);
    this.#show.note("gone");
  }

  #pause() {
    return PAUSES[Math.min(this.#failures++, PAUSES.length - 1)];
  }

  #later(seconds, work) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(work, seconds * 1000);
  }

  #hurry() {
    clearTimeout(this.#timer);
    this.#show.note(null);
    return store.outbox().length ? this.#work() : this.refresh();
  }

  /** Sends the outbox; called again meanwhile, it looks once more at the end. */
  #work() {
    this.#again = true;
    this.#working ??= (async () => {
      try {
        while (this.#again) {
          this.#again = false;
          await alone(() => this.#drain());
        }
      } finally {
        this.#working = null;
        this.#show.typing(false);
      }
    })();
    return this.#working;
  }

  async #drain() {
    let earlier = false;
    for (const message of store.outbox()) {
      if (!store.isPosted(message.id)) continue; // another tab was quicker
      if (!(await this.#deliver(message))) return; // nothing overtakes what waits
      earlier ||= message.at < this.#opened;
    }
    // Whether a message of an earlier visit had been answered already, only the server knows.
    if (earlier) await this.refresh();
  }

  /** Delivers one message; false where it has to wait, and those after it. */
  async #deliver(message) {
    this.#sending = message.id;
    this.#show.state(message.id, "sending");
    this.#show.typing(true);
    try {
      const body = { id: message.id, ...(message.button ? { button: message.button } : { text: message.text }) };
      const language = this.language();
      const answer = await api.ask(this.token, language ? { ...body, language } : body);
      store.set("token", answer.conversation);
      store.unpost(message.id);
      store.tellTabs();
      this.#failures = 0;
      this.#show.note(null);
      this.#show.typing(false);
      this.#show.state(message.id, "sent");
      this.#show.answered(message, answer.messages);
      return true;
    } catch (failure) {
      if (!(failure instanceof api.Failure)) throw failure;
      return this.#failed(message, failure);
    } finally {
      this.#sending = null;
      this.#show.typing(false);
    }
  }

  #failed(message, failure) {
    const { kind, status, detail } = failure;
    if (kind === "unknown-conversation" || kind === "unknown-token") {
      this.#lost();
      return this.#deliverAnew(message);
    }
    if (kind === "unknown-button" || kind === "key-reused") return this.#deliverAnew(message);
    if (status >= 400 && status < 500 && status !== 429) {
      store.unpost(message.id);
      this.#show.state(message.id, "refused", detail);
      return true;
    }
    this.#show.state(message.id, "unsent");
    const wait = failure.retryAfter || this.#pause();
    if (status === 429) this.#show.note("too_many", { n: wait });
    else if (!navigator.onLine) this.#show.note("offline");
    else this.#show.note(kind === "timeout" ? "no_answer" : "unreachable");
    this.#later(wait, () => this.#work());
    return false;
  }

  /** A button that isn't known any more says in words what stood on it. */
  #deliverAnew(message) {
    store.unpost(message.id);
    const anew = { id: newId(), text: message.text, at: message.at };
    store.post(anew);
    this.#show.renamed(message.id, anew.id);
    return this.#deliver(anew);
  }
}
