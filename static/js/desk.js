/**
 * The desk's screen: sends its buttons without leaving the page, stays up to date, ticks, and listens to keys.
 * Without this script every button is a plain post that answers with the page.
 */
import { Freshness, RevisionGate, connect, poll } from "./live.js";
import { t } from "./texts.js";

const POLL_EVERY = 5_000;
const OLD_AFTER = 30; // seconds
const SEND_LIMIT = 15_000;
/** A second press or click this soon after the screen changed was meant for the button that stood there before. */
const SETTLE = 400;

const settings = JSON.parse(document.getElementById("desk").textContent);
const said = document.getElementById("said");
const stale = document.getElementById("stale");
const freshness = new Freshness();
const gate = new RevisionGate();

/* The parts as the server sent them, to tell which of them changed. */
const sent = new Map();
let serverAhead = settings.server_ms - Date.now();
let busy = false;
let presses = 0;
let changedAt = -Infinity;

const part = (name) => document.querySelector(`[data-part="${name}"]`);
const mainAction = () => document.getElementById("main-action");
const serverNow = () => Date.now() + serverAhead;

/* Showing a state ------------------------------------------------------------------------------------------- */

function show(state) {
  serverAhead = state.now - Date.now();
  const page = new DOMParser().parseFromString(state.html, "text/html");
  for (const fresh of page.querySelectorAll("[data-part]")) {
    const name = fresh.dataset.part;
    const html = kept(fresh);
    if (sent.get(name) === html) continue;
    sent.set(name, html);
    if (name === "bar") changedAt = performance.now();
    // What was sent has happened, even if its own answer is still on the way.
    if (name === "bar" || name === "visitor") busy = false;
    replace(part(name), document.importNode(fresh, true));
  }
  markShortcuts();
  tick();
}

/** What tells one state of a part from another: all but what differs in every rendering, of other parts than the form. */
function kept({ dataset, outerHTML }) {
  return dataset.part === "form" ? outerHTML : outerHTML.replaceAll(/name="(csrf_token|request_id)" value="[^"]*"/g, "");
}

/** Puts `fresh` in the place of `old` and gives back what the clerk had opened, scrolled to and focused. */
function replace(old, fresh) {
  const opened = [...old.querySelectorAll("details[open]")].map((details) => details.id);
  const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
  const written = [...old.querySelectorAll("input.input")].filter(({ value }) => value);
  const caret = document.activeElement?.selectionStart;
  const top = old.scrollTop;
  old.replaceWith(fresh);
  for (const id of opened) {
    const details = fresh.querySelector(`#${CSS.escape(id)}`);
    if (details) details.open = true;
  }
  for (const { id, value } of written) {
    const input = fresh.querySelector(`#${CSS.escape(id)}`);
    if (input) input.value = value;
  }
  fresh.scrollTop = top;
  if (!focused) return;
  const again = document.getElementById(focused) ?? mainAction();
  again?.focus({ preventScroll: true });
  if (again?.matches("input.input")) again.setSelectionRange(caret, caret);
}

function say(sentence, tone) {
  said.className = tone === "refused" ? "strip strip--refused" : "visually-hidden";
  said.textContent = sentence;
}

/* Sending a button ------------------------------------------------------------------------------------------ */

function formOf(button) {
  const data = new FormData(button.form);
  if (button.name) data.set(button.name, button.value);
  return new URLSearchParams(data);
}

/** A form of the line with the tokens of the screen's own, which are never older. */
function ownForm(form) {
  const data = new FormData(form);
  for (const [name, value] of new FormData(document.getElementById("act"))) {
    if (name === "csrf_token" || name === "request_id") data.set(name, value);
  }
  return new URLSearchParams(data);
}

async function send(address, body, back = mainAction) {
  const press = ++presses;
  busy = true;
  document.body.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address, {
      method: "POST",
      body,
      headers: { Accept: "application/json" },
      credentials: "same-origin",
      signal: AbortSignal.timeout(SEND_LIMIT),
    });
    take(await answer.json(), answer.status, press === presses, back);
  } catch {
    if (press === presses) say(t("unsent"), "refused");
  } finally {
    if (press === presses) {
      busy = false;
      document.body.removeAttribute("aria-busy");
    }
  }
}

/**
 * An answer is a new state, an address to go to, or a problem: signed out, or the desk is another's now.
 * Only the last button pressed is spoken of.
 */
function take(answer, status, isLast, back) {
  if (answer.go) {
    location.assign(answer.go);
    return;
  }
  if (answer.html === undefined) {
    if (status === 401 || status === 403) location.reload();
    else say(answer.title, "refused");
    return;
  }
  if (gate.accepts(answer)) {
    freshness.confirm();
    show(answer);
  }
  updates.now();
  if (!isLast) return;
  say(answer.sentence, answer.tone);
  ((answer.tone === "refused" && back()) || mainAction())?.focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[type=submit][form=act]");
  if (!button) return;
  event.preventDefault();
  const isSecondPress = !pressedByKey && button.closest(".bar") && performance.now() - changedAt < SETTLE;
  if (!busy && !isSecondPress) send(button.formAction, formOf(button));
});

/* A call out of turn, with its reason: refused, the clerk goes on writing. */
document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-act]");
  if (!form) return;
  event.preventDefault();
  const input = form.querySelector("input.input").id;
  if (!busy) send(form.action, ownForm(form), () => document.getElementById(input));
});

/* A held Enter would press whatever comes to stand under it. */
document.addEventListener("keydown", (event) => {
  if (event.repeat && (event.key === "Enter" || event.key === " ")) event.preventDefault();
});

/* Keys ------------------------------------------------------------------------------------------------------ */

let pressedByKey = false;

const STORED = "ihh_desk_shortcuts";
let shortcuts = read() !== "off";

function read() {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null;
  }
}

function markShortcuts() {
  const toggle = document.getElementById("shortcuts");
  toggle.hidden = false;
  toggle.setAttribute("aria-pressed", String(shortcuts));
  toggle.querySelector("span").textContent = t(shortcuts ? "on" : "off");
  document.body.classList.toggle("no-shortcuts", !shortcuts);
}

document.addEventListener("click", (event) => {
  if (!event.target.closest("#shortcuts")) return;
  shortcuts = !shortcuts;
  try {
    localStorage.setItem(STORED, shortcuts ? "on" : "off");
  } catch {
    // kept for this page only
  }
  markShortcuts();
});

const isTyping = (target) =>
  target instanceof Element && target.closest("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]");

/** The Latin letter of a key, also on a keyboard set to another script. */
function letterOf(event) {
  const key = event.key.toLowerCase();
  if (/^[a-z]$/.test(key)) return key;
  return /^\p{L}$/u.test(key) && event.code.startsWith("Key") ? event.code.slice(3).toLowerCase() : "";
}

document.addEventListener("keydown", (event) => {
  const hasModifier = event.ctrlKey || event.altKey || event.metaKey || event.shiftKey;
  if (!shortcuts || hasModifier || event.repeat || event.isComposing || isTyping(event.target)) return;
  const letter = letterOf(event);
  const button = letter && document.querySelector(`.bar [data-key="${letter}"]:not([disabled])`);
  if (!button) return;
  event.preventDefault();
  pressedByKey = true;
  button.click();
  pressedByKey = false;
});

function focusTransfer() {
  const first = document.querySelector("[data-transfer]");
  first?.scrollIntoView({ block: "nearest" });
  first?.focus();
}

document.addEventListener("click", (event) => {
  if (!event.target.closest("#do-transfer")) return;
  event.preventDefault();
  focusTransfer();
});

/* Ticking --------------------------------------------------------------------------------------------------- */

const wallClock = new Intl.DateTimeFormat("en-GB", {
  timeZone: settings.timezone,
  hour: "numeric",
  minute: "2-digit",
  hourCycle: "h23",
});

function clockText() {
  const parts = Object.fromEntries(wallClock.formatToParts(serverNow()).map(({ type, value }) => [type, value]));
  return `${Number(parts.hour)}${settings.time_mark}${parts.minute}`;
}

function lengthText(seconds) {
  const two = (number) => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

function tickTimer(timer) {
  const { since, before, planned, over } = timer.dataset;
  const seconds = Math.max(0, Math.floor((serverNow() - Number(since)) / 1000)) + Number(before);
  const late = Math.floor(seconds / 60) - Number(planned);
  const text = timer.querySelector("[data-timer-text]");
  text.textContent = lengthText(seconds);
  timer.querySelector("[data-timer-bar]").setAttribute("width", Math.min(100, (seconds / 60 / Math.max(planned, 1)) * 100));
  const isOver = over !== undefined && late > 0;
  timer.classList.toggle("timer--over", isOver);
  timer.querySelector("[data-timer-late]").textContent = isOver ? t("over", { minutes: late }) : "";
}

function tick() {
  const clock = document.querySelector("[data-clock]");
  const now = clockText();
  if (clock.textContent !== now) clock.textContent = now;
  const timer = document.querySelector("[data-timer]");
  if (timer) tickTimer(timer);
}

/* Staying up to date ---------------------------------------------------------------------------------------- */

function showAge(seconds) {
  const isOld = seconds >= OLD_AFTER && seconds !== Infinity;
  if (isOld === !stale.hidden && seconds % OLD_AFTER) return; // a live region: told anew every half minute
  stale.hidden = !isOld;
  stale.textContent = isOld ? t("stale", { seconds }) : "";
}

for (const element of document.querySelectorAll("[data-part]")) sent.set(element.dataset.part, kept(element));
freshness.confirm();
markShortcuts();
tick();
setInterval(tick, 1000);

const updates = poll(settings.now, {
  every: POLL_EVERY,
  gate,
  freshness,
  onState: (state) => (state.go ? location.assign(state.go) : show(state)),
  onAge: showAge,
  onFailure: (status) => (status === 401 || status === 403) && location.reload(),
});

connect("/desk", { events: { changed: () => updates.now() }, onOnline: () => updates.now() });
