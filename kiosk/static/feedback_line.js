/** Feedback, the line: keys on the screen or real ones; the button says whether something is sent with it. */
import { t } from "/static/js/texts.js";
import { listenForScans } from "/static/js/wedge.js";
import { serveTyping } from "./typing.js";

const form = document.getElementById("line-form");
const field = document.getElementById("line");
const longest = Number(field.dataset.longest);
let isSent = false;

function tell() {
  const isEmpty = !field.value.trim();
  document.getElementById("send-skip").hidden = !isEmpty;
  document.getElementById("send-line").hidden = isEmpty;
  const typed = [...field.value].length;
  document.getElementById("line-length").textContent = t("line_length", { typed, length: longest });
}

form.addEventListener("submit", (event) => {
  if (isSent) event.preventDefault();
  isSent = true;
});
field.addEventListener("input", tell);
field.inputMode = "none"; // one keyboard on the screen is enough
field.focus();
field.setSelectionRange(field.value.length, field.value.length);
serveTyping({ board: document.getElementById("board"), field, longest });
listenForScans(() => {}); // a code held to the scanner is no line
tell();
