/** Feedback, whose visit: the booking code by keys on the screen, a real keyboard, or the scanner. */
import { t } from "/static/js/texts.js";
import { listenForScans } from "/static/js/wedge.js";
import { codeIn } from "./outbox.js";
import { serveKeys } from "./keys.js";

const form = document.getElementById("feedback");
const field = document.getElementById("scanned");
const length = Number(form.dataset.length);
const typed = serveKeys({ field, length });

form.addEventListener("submit", (event) => {
  if (typed().length === length) return;
  event.preventDefault();
  document.getElementById("code-hint").textContent = t("code_length", { typed: typed().length, length });
});
listenForScans((text) => {
  field.value = codeIn(text);
  form.submit();
});
field.focus();
