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

/** Whether a refusal says that the talk is no longer held: what else answers 404 (a proxy, say) takes no token away. */
const isGone = (failure) => ["unknown-conversation", "unknown-token"].includes(failure.kind);

export class Talk {
  #show;
  #own = new Set(); // what this page sent: its answers are shown as they come
  #working = null;
  #again = false;
  #timer = 0;
  #failures = 0;
  #sending = null;
  #troubled = false;
  #turns = 0; // changes with every message and answer, so that a late history is known from a new one

  /**
   * @param {object} show what the page does: `reset(said, unsent, sending)`, `sent(message)`, `state(id, state)`,
   *   `answered(message, replies)`, `refused(message)`, `renamed(before, after)`, `note(name, fillings)`, `typing(on)`
   * @param {() => string|undefined} language of the replies; undefined follows the question
   */
  constructor(show, language) {
    this.#show = show;
    this.language = language;
    store.onTurn(() => this.refresh());
    window.addEventListener("online", () => this.#hurry());
    window.addEventListener("offline", () => this.#trouble("offline"));
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
    let said;
    let turns;
    do {
      turns = this.#turns;
      said = await this.#history();
      if (!said) return;
    } while (turns !== this.#turns);
    const answered = new Set(said.flatMap(({ id }, at) => (said[at + 1]?.from === "assistant" ? [id] : [])));
    for (const { id } of store.outbox()) if (answered.has(id) && id !== this.#sending) store.unpost(id);
    const unsent = store.outbox();
    if (this.#troubled && !unsent.length) this.#settled();
    this.#show.reset(without(said, new Set(unsent.map(({ id }) => id))), unsent, this.#sending);
    this.#show.typing(Boolean(this.#sending));
  }

  /** @returns {Promise<object[]|null>} null where nobody answers: it is tried again by itself */
  async #history() {
    if (!this.token) return [];
    try {
      return (await api.history(this.token)).messages;
    } catch (failure) {
      if (isGone(failure)) {
        this.#lost();
        return [];
      }
      this.#trouble(navigator.onLine ? "unreachable" : "offline");
      this.#later(this.#pause(), () => this.open());
      return null;
    }
  }

  /**
   * Sends a message.
   * @param {string} text what was written, or what stands on the button
   * @param {string} [button] its id
   */
  send(text, button) {
    // The language goes with the message: sent again after the visitor chose another, it must be the same message.
    const message = { id: newId(), text, at: Date.now(), button, language: this.language() };
    this.#turns++;
    this.#own.add(message.id);
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
    this.#settled();
  }

  rate(message, rating, comment) {
    return api.rate(this.token, { message, rating, ...(comment && { comment }) });
  }

  /** Begins a new talk; the old one stays on the server until its time is up. */
  async restart() {
    await this.#working; // what is under way belongs to the old talk
    await alone(async () => store.forget());
    this.#turns++;
    this.#settled();
    store.tellTabs();
    await this.refresh();
  }

  /**
   * Deletes the talk everywhere.
   * @returns {Promise<boolean>} whether it is gone
   */
  async forget() {
    await this.#working;
    let gone = true;
    await alone(async () => {
      try {
        // The first answer may have got lost: only the same message again gives the token of what the server keeps.
        const tried = store.outbox().find((message) => message.tried);
        if (!this.token && tried) store.set("token", (await api.ask(null, bodyOf(tried))).conversation);
        if (this.token) await api.erase(this.token);
      } catch (failure) {
        gone = isGone(failure);
      }
    });
    if (gone) await this.restart();
    return gone;
  }

  #lost() {
    store.set("token", null);
    this.#show.note("gone");
  }

  #trouble(name, fillings) {
    this.#troubled = true;
    this.#show.note(name, fillings);
  }

  #settled() {
    if (this.#troubled) this.#show.note(null);
    this.#troubled = false;
    this.#failures = 0;
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
    this.#settled();
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
    let others = false;
    for (const message of store.outbox()) {
      if (!store.isPosted(message.id)) continue; // another tab was quicker
      if (!(await this.#deliver(message))) return; // nothing overtakes what waits
      others ||= !this.#own.has(message.id);
    }
    // Where the messages of an earlier visit or of another tab belong, the server knows.
    if (others) await this.refresh();
  }

  /** Delivers one message; false where it has to wait, and those after it. */
  async #deliver(message) {
    const own = this.#own.has(message.id);
    this.#sending = message.id;
    store.post({ ...message, tried: true });
    this.#show.state(message.id, "sending");
    this.#show.typing(true);
    try {
      const answer = await api.ask(this.token, bodyOf(message));
      this.#turns++;
      store.set("token", answer.conversation);
      store.unpost(message.id);
      store.tellTabs();
      this.#settled();
      this.#show.typing(false);
      this.#show.state(message.id, "sent");
      if (own) this.#show.answered(message, answer.messages);
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
    const { kind, status } = failure;
    if (isGone(failure)) {
      this.#lost();
      return this.#deliverAnew(message);
    }
    if (kind === "unknown-button" || kind === "key-reused") return this.#deliverAnew(message);
    if (status >= 400 && status < 500 && status !== 429 && kind !== "http") {
      store.unpost(message.id);
      this.#show.refused(message);
      return true;
    }
    this.#show.state(message.id, "unsent");
    const wait = failure.retryAfter || this.#pause();
    if (status === 429) this.#trouble("too_many", { n: wait });
    else if (!navigator.onLine) this.#trouble("offline");
    else this.#trouble(kind === "timeout" ? "no_answer" : "unreachable");
    this.#later(wait, () => this.#work());
    return false;
  }

  /** A button that isn't known any more says in words what stood on it. */
  #deliverAnew(message) {
    store.unpost(message.id);
    const anew = { ...message, id: newId(), button: undefined };
    if (this.#own.has(message.id)) this.#own.add(anew.id);
    store.post(anew);
    this.#show.renamed(message.id, anew.id);
    return this.#deliver(anew);
  }
}

/** What the API is sent: the same every time that a message is sent. */
const bodyOf = ({ id, text, button, language }) => ({
  id,
  ...(button ? { button } : { text }),
  ...(language && { language }),
});

/** Leaves out the turns of some messages: the visitor's entry, and the answers below it. */
function without(said, ids) {
  let left = false;
  return said.filter((entry) => {
    if (entry.from === "visitor") left = ids.has(entry.id);
    return !left;
  });
}
