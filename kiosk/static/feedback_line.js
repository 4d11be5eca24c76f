/** Feedback, the line: keys on the screen or real ones; the button says whether something is sent with it. */
import { t } from "/static/js/texts.js";
import { listenForScans } from "/static/js/wedge.js";
import { reset } from "./frame.js";
import { serveTyping } from "./typing.js";

const form = document.getElementById("line-form");
const field = document.getElementById("line");
const longest = Number(field.dataset.longest);
const SENDING_LIMIT = 5_000; // ms
let isSent = false;

function tell() {
  const isEmpty = !field.value.trim();
  document.getElementById("send-skip").hidden = !isEmpty;
  document.getElementById("send-line").hidden = isEmpty;
  const typed = [...field.value].length;
  document.getElementById("line-length").textContent = t("line_length", { typed, length: longest });
}

/** Who walks away has answered with a face and a number; a line that nobody sent stays nobody's. */
async function sendWithoutLine() {
  field.value = "";
  try {
    const body = new URLSearchParams(new FormData(form));
    await fetch(form.action, { method: "POST", body, redirect: "manual", signal: AbortSignal.timeout(SENDING_LIMIT) });
  } catch {
    // No connection: the next visitor does not wait for it.
  }
  reset();
}

form.addEventListener("submit", (event) => {
  if (isSent) event.preventDefault();
  isSent = true;
});
addEventListener("kiosk:left", (event) => {
  if (isSent) return;
  isSent = true;
  event.preventDefault();
  sendWithoutLine();
});
field.addEventListener("input", tell);
field.inputMode = "none"; // one keyboard on the screen is enough
field.focus();
field.setSelectionRange(field.value.length, field.value.length);
serveTyping({ board: document.getElementById("board"), field, longest });
listenForScans(() => {}); // a code held to the scanner is no line
tell();
