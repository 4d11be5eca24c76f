/**
 * Sends what was scanned, typed or chosen, and shows what became of it.
 */
import { listenForScans } from "/static/js/wedge.js";
import { t } from "/static/js/texts.js";
import { add, codeIn, entries, send } from "./outbox.js";

const SHOW_AFTER = 300; // ms: a quick answer needs no "one moment"

const byId = (id) => document.getElementById(id);
const form = byId("scan");
const checkInPath = form?.dataset.checkIn ?? form?.getAttribute("action");
const heading = byId("heading");
const ownHeading = heading?.textContent;
let isBusy = false;

function csrf() {
  return document.querySelector("meta[name=csrf-token]").content;
}

/** Shows one of the answer's faces; `steps` are the actions on offer, the first one the likeliest. */
function show({ heading: words, sentence, number = "", steps = [] }) {
  const answer = byId("answer");
  byId("page-part").hidden = true;
  answer.hidden = false;
  heading.textContent = words;
  byId("answer-sentence").textContent = sentence;
  const figure = byId("answer-number");
  figure.hidden = !number;
  figure.firstElementChild.textContent = number.replace(" ", "\u00a0");
  for (const step of answer.querySelectorAll("[data-step]")) {
    const place = steps.indexOf(step.dataset.step);
    step.hidden = place < 0;
    step.style.order = place;
    step.classList.toggle("button--primary", place === 0);
  }
  heading.focus();
}

/** Back to the page as it was: what was typed is still there. */
export function showPage() {
  byId("answer").hidden = true;
  byId("page-part").hidden = false;
  heading.textContent = ownHeading;
  heading.focus();
}

function showWaiting(entry) {
  const sentence = t(entry.isKept ? "checking_more" : "number_more");
  show({ heading: t("checking"), sentence });
}

function showOffline(entry) {
  show({ heading: t("offline"), sentence: t(entry.isKept ? "offline_scan" : "offline_number"), steps: ["done"] });
}

/** Shows the answer. What no sentence of the house explains gets a general one. */
function finish({ status, answer }) {
  if (status === 200) return location.replace(answer.next);
  if (status === 401) return location.replace(document.body.dataset.pair);
  if (answer.code === "csrf") return location.reload();
  const { title, heading: words = t("failed"), number, steps = ["again", "walk_in"] } = answer;
  return show({ heading: words, sentence: title ?? t("failed_more"), number, steps });
}

async function deliver(entry) {
  isBusy = true;
  const timer = setTimeout(() => showWaiting(entry), SHOW_AFTER);
  const result = await send(entry, csrf(), {
    onFailure() {
      clearTimeout(timer);
      showOffline(entry);
    },
  });
  clearTimeout(timer);
  isBusy = false;
  finish(result);
}

/** Checks in a scanned or typed code; while one is under way further ones wait for the visitor to look. */
export function checkIn(text, path = checkInPath) {
  if (isBusy) return;
  const body = new URLSearchParams({ scanned: codeIn(text) }).toString();
  deliver(add(path, body, { isKept: true }));
}

/** Takes a number with the form's fields. */
export function takeNumber(numberForm) {
  if (isBusy) return;
  const fields = new URLSearchParams(new FormData(numberForm));
  for (const name of ["csrf_token", "request_id"]) fields.delete(name);
  deliver(add(numberForm.getAttribute("action"), fields.toString()));
}

/** Goes on with what an earlier page could not send. */
async function resume() {
  const left = entries();
  const own = left.find((entry) => !entry.isQuiet);
  if (own) deliver(own);
  for (const entry of left.filter((other) => other.isQuiet)) await send(entry, csrf());
}

/** Sets the page up; `scans` says whether the wedge scanner is heard here. */
export function begin({ scans = true } = {}) {
  document.querySelector("[data-step=again]").addEventListener("click", (event) => {
    event.preventDefault();
    showPage();
  });
  if (scans) listenForScans((text) => checkIn(text));
  resume();
}
