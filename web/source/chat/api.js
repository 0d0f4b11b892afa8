// The service's JSON API (docs/api.md). The token travels in a header, never in an address.

/** No answer comes later than 3 s; a slow network gets its share on top. */
const LIMIT = 12_000;

/** A refusal (with the problem document's members) or no answer at all (`kind` "timeout" or "network"). */
export class Failure extends Error {
  constructor(kind, { status = 0, retryAfter = 0, detail = "" } = {}) {
    super(detail || kind);
    Object.assign(this, { kind, status, retryAfter, detail });
  }
}

async function call(method, path, { token, body } = {}) {
  const headers = {};
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body) headers["Content-Type"] = "application/json";
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), LIMIT);
  try {
    const response = await fetch(path, {
      method,
      headers,
      body: body && JSON.stringify(body),
      signal: stop.signal,
      cache: "no-store",
    });
    const content = response.status === 204 ? null : await response.json();
    if (response.ok) return content;
    throw new Failure(
      String(content?.type ?? "")
        .split(":")
        .pop() || "http",
      {
        status: response.status,
        retryAfter: Number(response.headers.get("Retry-After")) || 0,
        detail: content?.detail,
      },
    );
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(stop.signal.aborted ? "timeout" : "network");
  } finally {
    clearTimeout(timer);
  }
}

export const ask = (token, body) => call("POST", "/api/messages", { token, body });
export const history = (token) => call("GET", "/api/messages", { token });
export const rate = (token, body) => call("POST", "/api/feedback", { token, body });
export const erase = (token) => call("DELETE", "/api/conversation", { token });
export const cards = (facts) => call("GET", `/api/cards?${new URLSearchParams(facts.map((fact) => ["fact", fact]))}`);

/** @returns {Promise<boolean|null>} whether the engine is up; null where nobody answers */
export async function isUp() {
  try {
    const response = await fetch("/ready", { cache: "no-store", signal: AbortSignal.timeout?.(5000) });
    return Boolean((await response.json()).engine);
  } catch {
    return null;
  }
}
