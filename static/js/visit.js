/**
 * The visit page: fetches how the visit stands when the house says that something changed, and now and then
 * in any case; tells a call by text, title, vibration and, if wanted, sound; says when it is out of date.
 */
import { Freshness, connect } from "./live.js";
import { pause } from "./freshness.js";
import { t } from "./texts.js";

const EVERY = 10_000;
const STALE_AFTER = 30;
const REQUEST_LIMIT = 10_000;

const live = document.getElementById("live");
const told = document.getElementById("told");
const stale = document.getElementById("stale");
const freshness = new Freshness();
freshness.confirm();

let etag = null;
let failures = 0;
let busy = false;
let isAskedAgain = false;
let timer;

const shown = () => live.querySelector(".now");

/** Colours the frame as the fragment says; the classes are the ones the server gives the whole page. */
function colour({ ground, area }) {
  document.body.className = ["page", "visit", ...(area ? ["visit--called", `ground--${area}`] : [])].join(" ");
  document.querySelector(".masthead").className = ground
    ? `masthead masthead--plain ground--${ground}`
    : "masthead";
}

/** What the visitor did to the part that goes: ticked papers, opened lists, the place of the keyboard. */
function remember() {
  const open = [...live.querySelectorAll("details[open]")].map((list) => list.id);
  const ticked = [...live.querySelectorAll("input:checked")].map((box) => box.id);
  const focused = live.contains(document.activeElement) ? document.activeElement.id : "";
  return () => {
    for (const id of ticked) {
      const box = document.getElementById(id);
      if (box) box.checked = true;
    }
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  };
}

/* What the house did to the visit is told aloud once; what the page was opened with, the reader finds in it. */
const heard = new Set();

/** The sentences of a fragment that were not told before. */
function fresh(dataset) {
  const news = JSON.parse(dataset.heard).filter(([key]) => !heard.has(key));
  for (const [key] of news) heard.add(key);
  return news.map(([, sentence]) => sentence);
}

function ring({ page }) {
  if (page !== "called") return;
  window.scrollTo({ top: 0 });
  navigator.vibrate?.([400, 150, 400, 150, 800]);
  if (chime) chime.play().catch(() => {});
}

function show(html) {
  const before = shown()?.dataset.key;
  const restore = remember();
  live.innerHTML = html;
  restore();
  const state = shown().dataset;
  colour(state);
  document.title = `${state.title} – ${live.dataset.house}`;
  offerSound();
  const isNewStep = state.key !== before;
  const sentences = [...(isNewStep ? [state.spoken] : []), ...fresh(state)].filter(Boolean);
  if (sentences.length) told.textContent = sentences.join(" ");
  if (isNewStep) ring(state);
}

async function ask() {
  const headers = etag ? { "If-None-Match": etag } : {};
  const answer = await fetch(live.dataset.url, {
    headers: { Accept: "text/html", ...headers },
    cache: "no-store",
    signal: AbortSignal.timeout(REQUEST_LIMIT),
  });
  if (answer.status !== 304 && !answer.ok) throw new Error(`HTTP ${answer.status}`);
  freshness.confirm();
  if (answer.status === 304) return;
  etag = answer.headers.get("ETag");
  show(await answer.text());
}

/** Asks now; a change that is announced while an answer is under way is asked for once more. */
async function refresh() {
  if (busy) {
    isAskedAgain = true;
    return;
  }
  busy = true;
  clearTimeout(timer);
  try {
    await ask();
    failures = 0;
  } catch {
    failures += 1;
  } finally {
    busy = false;
    const soon = isAskedAgain;
    isAskedAgain = false;
    timer = setTimeout(refresh, soon ? 0 : failures ? pause(failures, EVERY / 4, 60_000) : EVERY);
  }
}

function showAge() {
  const age = freshness.age();
  stale.hidden = age < STALE_AFTER;
  if (stale.hidden) return;
  const minutes = Math.floor(age / 60);
  const sentence = minutes < 1 ? t("lost") : t("stale", { minutes });
  if (stale.textContent !== sentence) stale.textContent = sentence;
}

/** Sound needs a touch first: browsers are silent until then. */
let chime = null;

function offerSound() {
  const button = document.getElementById("sound");
  if (!button) return;
  button.hidden = chime !== null;
}

live.addEventListener("click", (event) => {
  const button = event.target.closest("#sound");
  if (!button) return;
  chime = new Audio(live.dataset.chime);
  chime.play().catch(() => {});
  told.textContent = button.dataset.on;
  offerSound();
});

connect("/visit", {
  auth: { token: live.dataset.token },
  events: { changed: refresh },
  onOnline: refresh,
});
setInterval(showAge, 1000);
fresh(shown().dataset);
addEventListener("online", refresh);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && refresh());
offerSound();
