/**
 * A keyboard on the screen that writes into a real text field, so that real keys and the system's own keyboard
 * write there too. It is one stop of the Tab key; arrows go from key to key.
 */
import { KEYBOARDS, firstFor } from "./keyboards.js";

const SENTENCE_BEGINS = /(^|[.!?؟]\s+)$/u;
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const isCased = (sign) => sign.toUpperCase() !== sign;
const shownRows = (board) => [...board.querySelectorAll(".board__row")].filter((row) => row.offsetParent);
const keysOf = (row) => [...row.querySelectorAll("button:not(:disabled)")];

function element(tag, properties, data = {}) {
  const made = Object.assign(document.createElement(tag), properties);
  Object.assign(made.dataset, data);
  return made;
}

const keyOf = (text, data) => element("button", { type: "button", textContent: text }, data);

/** The rows of one keyboard. */
function draw({ language, rows }) {
  const layer = element("div", { className: "board__layer", lang: language, hidden: true });
  for (const signs of rows) {
    const row = element("div", { className: "board__row" });
    row.append(...[...signs].map((sign) => keyOf(sign, { sign })));
    layer.append(row);
  }
  return layer;
}

/** Puts `text` in place of what is selected; "" deletes that, or else the sign before the caret. */
function write(field, text, longest) {
  const { selectionStart: start, selectionEnd: end, value } = field;
  if (text && [...value].length - [...value.slice(start, end)].length >= longest) return;
  const before = [...value.slice(0, start)].pop() ?? "";
  field.setRangeText(text, !text && start === end ? start - before.length : start, end, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/** The key beside, above or below; null at an edge. */
function neighbour(board, key, [across, down]) {
  const rows = shownRows(board).map(keysOf);
  const at = rows.findIndex((row) => row.includes(key));
  if (!down) return rows[at][rows[at].indexOf(key) + across] ?? null;
  const middle = (one) => one.getBoundingClientRect().left + one.offsetWidth / 2;
  const distance = (one) => Math.abs(middle(one) - middle(key));
  return rows[at + down]?.reduce((best, one) => (distance(one) < distance(best) ? one : best)) ?? null;
}

/** Makes one key the only one the Tab key stops at. */
function stopAt(board, key) {
  for (const other of board.querySelectorAll("button")) other.tabIndex = other === key ? 0 : -1;
}

function serveArrows(board) {
  board.addEventListener("focusin", (event) => stopAt(board, event.target));
  board.addEventListener("keydown", (event) => {
    const next = STEPS[event.key] && neighbour(board, event.target, STEPS[event.key]);
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
}

/** A finger's key counts when it goes down, as on any keyboard: two thumbs overlap. Enter and Space click. */
function onKey(board, press) {
  const keyAt = (event) => event.target.closest("button:not(:disabled)");
  board.addEventListener("pointerdown", (event) => event.button === 0 && keyAt(event) && press(keyAt(event)));
  board.addEventListener("click", (event) => event.detail === 0 && keyAt(event) && press(keyAt(event)));
  board.addEventListener("mousedown", (event) => event.preventDefault()); // the caret stays in the field
}

/** Serves the keyboard `board`, which writes at most `longest` signs into `field`. */
export function serveTyping({ board, field, longest }) {
  const shift = board.querySelector('[data-key="shift"]');
  const layers = KEYBOARDS.map(draw);
  const switches = KEYBOARDS.map(({ label, language }, place) =>
    Object.assign(keyOf(label, { layer: place }), { lang: language }));

  function setShift(isOn) {
    shift.setAttribute("aria-pressed", String(isOn));
    for (const key of board.querySelectorAll(".board__layer:not([hidden]) [data-sign]")) {
      key.textContent = isOn ? key.dataset.sign.toUpperCase() : key.dataset.sign;
    }
  }

  function beginSentence() {
    setShift(!shift.disabled && SENTENCE_BEGINS.test(field.value.slice(0, field.selectionStart)));
  }

  function show(place) {
    layers.forEach((layer, other) => { layer.hidden = other !== place; });
    switches.forEach((key, other) => key.setAttribute("aria-pressed", String(other === place)));
    shift.disabled = !KEYBOARDS[place].rows.some((row) => [...row].some(isCased));
    stopAt(board, switches[place]);
    beginSentence();
  }

  function press(key) {
    if (key === shift) setShift(shift.getAttribute("aria-pressed") !== "true");
    else if (key.dataset.layer) show(Number(key.dataset.layer));
    else write(field, { back: "", space: " " }[key.dataset.key] ?? key.textContent, longest);
  }

  board.prepend(...layers);
  shift.after(...switches);
  onKey(board, press);
  serveArrows(board);
  field.addEventListener("input", beginSentence);
  board.hidden = false;
  show(firstFor(document.documentElement.lang));
}
