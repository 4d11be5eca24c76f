/** The booking code: keys on the screen, a real keyboard, or the scanner. */
import { t } from "/static/js/texts.js";
import { begin, checkIn } from "./check_in.js";
import { serveKeys } from "./keys.js";

const form = document.getElementById("scan");
const field = document.getElementById("scanned");
const length = Number(form.dataset.length);
const typed = serveKeys({ field, length });

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (typed().length === length) checkIn(typed().toUpperCase());
  else document.getElementById("code-hint").textContent = t("code_length", { typed: typed().length, length });
});
begin();
field.focus();
