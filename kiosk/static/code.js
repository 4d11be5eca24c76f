/** The booking code: keys on the screen, a real keyboard, or the scanner. */
import { t } from "/static/js/texts.js";
import { begin, checkIn } from "./check_in.js";

const form = document.getElementById("scan");
const field = document.getElementById("scanned");
const hint = document.getElementById("code-hint");
const length = Number(form.dataset.length);

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

document.getElementById("keys").hidden = false;
document.getElementById("keys").addEventListener("click", (event) => {
  const key = event.target.closest("[data-key]");
  if (key) press(key.dataset.key);
});
field.addEventListener("input", tellLength);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (typed().length === length) checkIn(typed().toUpperCase());
  else hint.textContent = t("code_length", { typed: typed().length, length });
});
begin();
field.focus();
