/**
 * What every kiosk page does: tells the time, switches aids, forgets a visitor who has left, keeps its shell.
 */
import { countdown } from "/static/js/countdown.js";
import { t } from "/static/js/texts.js";
import { hush } from "./outbox.js";

const WARNING = 15; // s before the screen closes
const ALIVE_EVERY = 60_000; // ms between two signs of life
const ATTRIBUTE = { text: ["data-text", "large"], contrast: ["data-contrast", "high"], lower: ["data-lower", ""] };
const { body, documentElement: root } = document;

/** Wipes the screen, and what the browser keeps of the visitor. */
export function reset() {
  hush();
  document.cookie = `${body.dataset.aidsCookie}=; path=/kiosk; max-age=0; samesite=strict`;
  location.replace(body.dataset.reset);
}

function tellTime() {
  const clock = document.querySelector("[data-clock]");
  if (!clock) return;
  const mark = clock.textContent.replace(/\d/g, "");
  const begun = performance.now() - Number(clock.dataset.clock) * 1000;
  setInterval(() => {
    const minutes = Math.floor((performance.now() - begun) / 60_000) % 1440;
    clock.textContent = `${Math.floor(minutes / 60)}${mark}${String(minutes % 60).padStart(2, "0")}`;
  }, 5_000);
}

function switchAid(button) {
  const isOn = button.getAttribute("aria-pressed") !== "true";
  const [name, value] = ATTRIBUTE[button.value];
  button.setAttribute("aria-pressed", String(isOn));
  if (isOn) root.setAttribute(name, value);
  else root.removeAttribute(name);
  const on = [...document.querySelectorAll(".aids [aria-pressed=true]")].map((other) => other.value);
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `${body.dataset.aidsCookie}=${on.join(".")}; path=/kiosk; samesite=strict${secure}`;
  dispatchEvent(new CustomEvent("kiosk:touched"));
}

function serveAids() {
  document.querySelector("form.aids")?.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.submitter) switchAid(event.submitter);
  });
}

/** The bar of a countdown. */
export function drawBar(scope, share) {
  scope.querySelector(".bar > span").style.inlineSize = `${Math.round(share * 100)}%`;
}

/** Nobody is there any more. A page that has something to finish first cancels the event and resets itself. */
function leave() {
  if (dispatchEvent(new CustomEvent("kiosk:left", { cancelable: true }))) reset();
}

/** Warns when nobody has touched the screen for a while, then resets. */
function watchIdleness(seconds) {
  const dialog = document.getElementById("idle");
  let timer;
  let counter;

  function rearm() {
    clearTimeout(timer);
    timer = setTimeout(warn, (seconds - WARNING) * 1000);
  }

  function warn() {
    dialog.showModal();
    dialog.querySelector("[data-more-time]").focus();
    counter = countdown({
      seconds: WARNING,
      onTick(left, share) {
        document.getElementById("idle-left").textContent = t("idle_left", { seconds: left });
        drawBar(dialog, share);
      },
      onEnd: leave,
    });
  }

  dialog.addEventListener("close", () => {
    counter?.stop();
    rearm();
  });
  dialog.querySelector("[data-more-time]").addEventListener("click", () => dialog.close());
  for (const sign of ["pointerdown", "keydown", "input", "wheel"]) {
    document.addEventListener(sign, () => dialog.open || rearm(), { capture: true, passive: true });
  }
  rearm();
}

/** Tells the house that this kiosk is on, also while nobody touches it. */
function giveSignsOfLife() {
  const { alive } = body.dataset;
  if (alive) setInterval(() => fetch(alive, { cache: "no-store" }).catch(() => {}), ALIVE_EVERY);
}

function begin() {
  tellTime();
  giveSignsOfLife();
  serveAids();
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-reset-link]")) return;
    event.preventDefault();
    reset();
  });
  // A page from the browser's memory may belong to the visitor before.
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  const idle = Number(body.dataset.idle);
  if (idle && body.dataset.page !== "done") watchIdleness(idle);
  navigator.serviceWorker?.register(body.dataset.worker).catch(() => {});
}

begin();
