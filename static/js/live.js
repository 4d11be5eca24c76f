/**
 * Keeps a screen up to date: a socket hastens, a poll repairs. Both carry whole states with {epoch, revision}.
 * Give both the same `gate` and `freshness`, so that the slower of the two never sets the screen back.
 */
import { io } from "../vendor/socket.io-client/socket.io.esm.min.js";
import { Freshness, RevisionGate, pause } from "./freshness.js";

export { Freshness, RevisionGate };

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 30_000;
const REQUEST_LIMIT = 10_000;

/**
 * Joins a Socket.IO namespace, by WebSocket only, and comes back by itself after any break.
 *
 * @param {string} namespacePath such as "/display"
 * @param {object} options
 *   auth: object, or function(callback), sent at every connect
 *   onState(state): a state at least as new as the last; from event `event` ("state")
 *   onOnline(), onOffline(reason): the connection stands, is lost or was refused
 *   events: other events, name → handler
 * @returns {{socket: object, close: function}} `socket` to emit with; `close` ends it for good
 */
export function connect(namespacePath, options) {
  const { auth, onState, onOnline, onOffline, event = "state", events = {} } = options;
  const { gate = new RevisionGate(), freshness = new Freshness() } = options;
  let refusals = 0;
  let timer;
  const socket = io(namespacePath, {
    auth,
    transports: ["websocket"],
    reconnectionDelay: FIRST_PAUSE,
    reconnectionDelayMax: LONGEST_PAUSE,
    randomizationFactor: 0.5,
    timeout: REQUEST_LIMIT,
  });

  function lost(reason) {
    onOffline?.(reason);
    if (socket.active) return;
    // The client library gives up when the server itself closes or refuses; a restarting server does both.
    clearTimeout(timer);
    timer = setTimeout(() => socket.connect(), pause(++refusals, FIRST_PAUSE, LONGEST_PAUSE));
  }

  socket.on("connect", () => {
    refusals = 0;
    onOnline?.();
  });
  socket.on("disconnect", (reason) => reason !== "io client disconnect" && lost(reason));
  socket.on("connect_error", (error) => lost(error.message));
  socket.on(event, (state) => {
    if (!gate.accepts(state)) return;
    freshness.confirm();
    onState?.(state);
  });
  for (const [name, handler] of Object.entries(events)) socket.on(name, handler);

  return {
    socket,
    close() {
      clearTimeout(timer);
      socket.disconnect();
    },
  };
}

/** Asks once. Gives {state, etag}, or undefined when the state of `etag` holds; else throws with `status`. */
async function ask(url, etag) {
  const headers = etag ? { "If-None-Match": etag } : {};
  const answer = await fetch(url, {
    headers: { Accept: "application/json", ...headers },
    cache: "no-store",
    credentials: "same-origin",
    signal: AbortSignal.timeout(REQUEST_LIMIT),
  });
  if (answer.status === 304) return undefined;
  if (!answer.ok) throw Object.assign(new Error(`HTTP ${answer.status}`), { status: answer.status });
  return { state: await answer.json(), etag: answer.headers.get("ETag") };
}

/**
 * Polls `url` every `every` ms, at once when the network or the page comes back, and less often while it fails.
 *
 * @param {string} url answers 200 with a state and an ETag, or 304
 * @param {object} options
 *   every: ms between polls (5000)
 *   onState(state): a state at least as new as the last
 *   onAge(seconds): each second; Infinity until the first answer
 *   onFailure(status): HTTP status, or undefined without an answer
 * @returns {{now: function, stop: function}} `now` polls at once
 */
export function poll(url, options) {
  const { every = 5_000, onState, onAge, onFailure } = options;
  const { gate = new RevisionGate(), freshness = new Freshness() } = options;
  let etag = null; // of the last state let in: a 304 must never confirm a state we refused
  let failures = 0;
  let busy = false;
  let timer;
  let stopped = false;

  /** The state to show, or undefined when there is none newer or no answer. */
  async function attempt() {
    try {
      const answer = await ask(url, etag);
      failures = 0;
      if (answer && !gate.accepts(answer.state)) return undefined;
      freshness.confirm();
      if (answer) etag = answer.etag;
      return answer?.state;
    } catch (error) {
      failures += 1;
      if (!stopped) onFailure?.(error.status);
      return undefined;
    }
  }

  async function now() {
    if (busy || stopped) return;
    busy = true;
    clearTimeout(timer);
    try {
      const state = await attempt();
      if (state !== undefined && !stopped) onState?.(state);
    } finally {
      busy = false;
      if (!stopped) timer = setTimeout(now, failures ? pause(failures, every, 60_000) : every);
    }
  }

  const wake = () => document.visibilityState === "visible" && now();
  const clock = onAge && setInterval(() => onAge(freshness.age()), 1000);
  addEventListener("online", wake);
  document.addEventListener("visibilitychange", wake);
  now();

  return {
    now,
    stop() {
      stopped = true;
      clearTimeout(timer);
      clearInterval(clock);
      removeEventListener("online", wake);
      document.removeEventListener("visibilitychange", wake);
    },
  };
}
