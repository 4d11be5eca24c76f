/** The keys on the screen for a booking code, with how many signs are there. */
import { t } from "/static/js/texts.js";

/** Serves the keys; gives a function that tells what is typed, without blanks. */
export function serveKeys({ field, length }) {
  const hint = document.getElementById("code-hint");
  const keys = document.getElementById("keys");
  const typed = () => field.value.replace(/[\s-]/g, "");

  function tellLength() {
    hint.textContent = typed() ? t("code_left", { typed: typed().length, length }) : "";
  }

  function press(key) {
    if (key === "clear") field.value = "";
    else if (key === "back") field.value = field.value.slice(0, -1);
    else if (typed().length < length) field.value += key;
    tellLength();
  }

  keys.hidden = false;
  keys.addEventListener("click", (event) => {
    const key = event.target.closest("[data-key]");
    if (key) press(key.dataset.key);
  });
  field.addEventListener("input", tellLength);
  return typed;
}
