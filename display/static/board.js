/**
 * The hall's display: keeps the board fresh, announces new calls, and says so when it can no longer know.
 */
import { Freshness, connect, poll } from "../../static/js/live.js";
import { News, Takeovers } from "./calls.js";
import { HouseClock } from "./clock.js";
import { BoardGate } from "./gate.js";
import { recall, remember } from "./memory.js";
import { paintCalls, paintClosed, paintOld, paintTakeover, paintWaits } from "./paint.js";
import { Chime } from "./sound.js";

const OLD_AFTER = 20; // seconds without a word from the server
const ASK_AGAIN = 10_000; // ms between tries while the board is old: a hall should not wait for the longest pause
const SLOW_AFTER = 300; // ms before the empty frame shows its grey lines

const { board: url, worker, chime: chimeUrl, timezone, area } = document.body.dataset;
const clock = new HouseClock(timezone);
const gate = new BoardGate();
const freshness = new Freshness();
const news = new News();

let board; // the last one let in, from the server or from before a reload
let confirmedAt; // wall clock of this machine, ms
let hasFailed = false; // the server was asked in vain, and nothing was confirmed yet

const chime = new Chime(chimeUrl, document.getElementById("sound"));
const takeovers = new Takeovers({
  onShow(call) {
    paintTakeover(call, shown());
    chime.play();
    choose();
  },
  onEnd: choose,
  isStill: (call) => board.calls.some(({ id, state }) => id === call.id && state === "called"),
});

/** The calls of this display: all, or those of its area. */
function shown() {
  return board.calls.filter((call) => !area || call.area === area);
}

function age() {
  const known = freshness.age();
  return Number.isFinite(known) || !confirmedAt ? known : Math.max(0, (Date.now() - confirmedAt) / 1000);
}

const isConfirmed = () => freshness.age() < OLD_AFTER;

/** Picks the screen; the takeover's own painting is done when it begins. */
function choose() {
  const isOld = !isConfirmed() && (hasFailed || Number.isFinite(freshness.age()));
  if (isOld) takeovers.cancel();
  let screen = "hall";
  if (isOld) screen = "old";
  else if (!isConfirmed()) screen = "loading";
  else if (takeovers.current) screen = "call";
  else if (isClosed()) screen = "closed";
  if (isOld) paintOld(board && shown(), { seconds: age(), at: confirmedAt && clock.of(confirmedAt), clock });
  document.body.dataset.screen = screen;
  document.body.dataset.ground = screen === "call" ? takeovers.current.area : "";
  document.getElementById("takeover").hidden = screen !== "call";
}

/** Closed, and nobody is at a desk any more. */
function isClosed() {
  return !board.opening.is_open && !shown().some(({ state }) => state === "called" || state === "serving");
}

function onState(state) {
  board = state;
  clock.set(state.at);
  clock.paint();
  paintCalls(shown());
  paintWaits(state.waits);
  paintClosed(state.opening, clock);
  takeovers.add(news.take({ epoch: state.epoch, calls: shown() }));
  confirmed();
  choose();
}

function confirmed() {
  hasFailed = false;
  confirmedAt = Date.now();
  remember({ board, confirmedAt, offset: clock.offset });
}

let lastAge = Infinity;

function tick(seconds) {
  if (seconds < lastAge && board) confirmed();
  lastAge = seconds;
  if (!isConfirmed()) gate.forget(); // whatever the server says from here on is the truth
  clock.paint();
  choose();
}

function onFailure(status) {
  if (status === 401) {
    location.reload(); // no longer paired: the server leads to the pairing page
    return;
  }
  hasFailed = true;
  choose();
}

function restore() {
  const last = recall();
  if (!last) return;
  ({ board, confirmedAt } = last);
  clock.offset = last.offset;
  news.know(last.board.epoch, last.confirmedAt, last.board.calls);
}

/** Lets the service worker keep this page and what its head names, so that it opens without a network. */
async function keepShell() {
  if (!navigator.serviceWorker) return;
  await navigator.serviceWorker.register(worker);
  const { active } = await navigator.serviceWorker.ready;
  const files = [...document.head.querySelectorAll("link[href], script[src]")].map(({ href, src }) => href ?? src);
  active.postMessage({ keep: [location.href, ...files] });
}

restore();
clock.paint();
setTimeout(() => document.body.classList.add("is-slow"), SLOW_AFTER);
const polling = poll(url, { gate, freshness, onState, onAge: tick, onFailure });
connect("/display", { gate, freshness, onState, onOnline: () => polling.now() });
setInterval(() => isConfirmed() || polling.now(), ASK_AGAIN);
keepShell().catch((error) => console.warn(`no service worker: ${error.message}`));
