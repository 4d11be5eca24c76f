/**
 * Booking: comforts of forms that work without. Questions appear as they come up, the button names the day
 * that is chosen, and the time for which a visit is kept counts down.
 */
import { countdown } from "./countdown.js";
import { t } from "./texts.js";

const questions = [...document.querySelectorAll("[data-question]")];

/** The answers that count: those of questions asked so far, in the house's order. */
function showQuestions() {
  const answers = {};
  for (const field of questions) {
    const conditions = JSON.parse(field.dataset.askedWhen);
    const holds = (condition) =>
      Object.entries(condition).every(([question, values]) => values.includes(answers[question]));
    const isAsked = conditions.length === 0 || conditions.some(holds);
    field.hidden = !isAsked;
    field.disabled = !isAsked;
    const chosen = isAsked && field.querySelector("input[type=radio]:checked");
    if (chosen) answers[field.dataset.question] = chosen.value;
  }
}

if (questions.length > 0) {
  document.addEventListener("change", showQuestions);
  showQuestions();
}

const onward = document.querySelector("[data-onward-text]");

function nameTheDay() {
  const chosen = document.querySelector("input[name=plan]:checked");
  if (onward && chosen) onward.textContent = chosen.dataset.onward;
}

document.addEventListener("change", nameTheDay);
nameTheDay();

for (const opener of document.querySelectorAll("[data-open]")) {
  opener.addEventListener("click", () => {
    const details = document.getElementById(opener.dataset.open);
    details.open = true;
    details.querySelector("summary").focus();
  });
}

const print = document.querySelector("[data-print]");

if (print) {
  print.hidden = false;
  print.addEventListener("click", () => window.print());
}

const hold = document.querySelector("[data-hold]");

function minutesAndSeconds(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** Leaves by the form's own button, so that what was typed comes along. */
function giveBack() {
  const button = document.getElementById(hold.dataset.over);
  button.name = "over";
  button.value = "1";
  button.form.requestSubmit(button);
}

if (hold) {
  const visible = hold.querySelector("[data-left]");
  visible.hidden = false;
  countdown({
    seconds: Number(hold.dataset.seconds),
    onTick: (left) => {
      visible.textContent = t("left", { time: minutesAndSeconds(left) });
    },
    onEnd: giveBack,
    liveRegion: hold.querySelector("[data-left-said]"),
    sentence: (left) =>
      left >= 60
        ? t("left_said", { minutes: Math.round(left / 60) })
        : t("left_said_seconds", { seconds: left }),
    spokenAt: [300, 120, 60, 30],
  });
}
