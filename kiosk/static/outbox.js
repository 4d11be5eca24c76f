/**
 * What the visitor asked for and the house has not answered: kept with its id until answered, so that a double
 * tap, a double scan, a reload or a lost answer never makes a second number.
 *
 * An entry is {id, path, body, at, isQuiet, isKept}: no personal data, for a scan only its random code. A kept
 * entry (a scan) outlives its visitor, is then sent quietly, and dropped after KEPT_FOR.
 */
import { pause } from "/static/js/freshness.js";

const STORE = "ihh_kiosk_outbox";
const KEPT_FOR = 15 * 60_000; // ms
const REQUEST_LIMIT = 10_000; // ms
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 15_000;
const NO_ANSWER = new Set([502, 503, 504]);

export function entries() {
  let found = [];
  try {
    found = JSON.parse(sessionStorage.getItem(STORE)) ?? [];
  } catch {
    sessionStorage.removeItem(STORE);
  }
  return found.filter((entry) => Date.now() - entry.at < KEPT_FOR);
}

function store(list) {
  sessionStorage.setItem(STORE, JSON.stringify(list));
}

export function remove(id) {
  store(entries().filter((entry) => entry.id !== id));
}

/** The visitor has gone: kept entries go on quietly, the others end. */
export function hush() {
  store(entries().filter((entry) => entry.isKept).map((entry) => ({ ...entry, isQuiet: true })));
}

/** A random UUID, also where the page is not a secure context. */
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const hex = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0"));
  return hex.join("");
}

/** The entry for this request: the one still unanswered where there is one. */
export function add(path, body, { isKept = false, isQuiet = false } = {}) {
  const list = entries();
  const same = list.find((entry) => entry.path === path && entry.body === body && entry.isQuiet === isQuiet);
  if (same) return same;
  const entry = { id: newId(), path, body, at: Date.now(), isQuiet, isKept };
  store([...list, entry]);
  return entry;
}

/** What is kept of a scanned text: a secret token in it, or a short code; nothing else a code may hold. */
export function codeIn(text) {
  const token = text.match(/(?<![0-9A-Za-z])[0-9A-Za-z]{26}(?![0-9A-Za-z])/);
  if (token) return token[0];
  return text.length <= 16 ? text : "unknown";
}

async function post(entry, token) {
  const body = new URLSearchParams(entry.body);
  body.set("request_id", entry.id);
  if (entry.isQuiet) body.set("quiet", "1");
  return fetch(entry.path, {
    method: "POST",
    body,
    headers: { Accept: "application/json", "X-CSRFToken": token },
    credentials: "same-origin",
    signal: AbortSignal.timeout(REQUEST_LIMIT),
  });
}

/** One try. Gives {status, answer}, or undefined where the house did not answer. */
async function attempt(entry, token) {
  try {
    const answer = await post(entry, token);
    if (NO_ANSWER.has(answer.status)) return undefined;
    return { status: answer.status, answer: await answer.json() };
  } catch {
    return undefined;
  }
}

/** Rests, but wakes when the browser finds the network again. */
function rest(failures) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, pause(failures, FIRST_PAUSE, LONGEST_PAUSE));
    addEventListener("online", () => (clearTimeout(timer), resolve()), { once: true });
  });
}

/**
 * Sends the entry until the house answers, and forgets it then, except where the page is too old to be
 * believed (code "csrf"): the page that replaces this one sends it again.
 *
 * @returns {Promise<{status: number, answer: object}|undefined>} undefined when `signal` ended it
 */
export async function send(entry, token, { onFailure, signal } = {}) {
  for (let failures = 1; !signal?.aborted; failures += 1) {
    const result = await attempt(entry, token);
    if (result) {
      if (result.answer.code !== "csrf") remove(entry.id);
      return result;
    }
    onFailure?.();
    await rest(failures);
  }
  return undefined;
}
