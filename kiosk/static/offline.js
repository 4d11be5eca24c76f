/** No answer from the house: keeps scans, says so, and comes back by itself. */
import { listenForScans } from "/static/js/wedge.js";
import { add, codeIn, entries } from "./outbox.js";

const LOOK_EVERY = 4_000; // ms
const { reset, checkIn } = document.body.dataset;

function tellKept() {
  document.getElementById("kept").hidden = entries().length === 0;
}

async function look() {
  try {
    const answer = await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(3_000) });
    if (answer.ok) location.replace(reset);
  } catch {
    // Still none.
  }
}

listenForScans((text) => {
  const scanned = codeIn(text);
  if (scanned === "unknown") return;
  add(checkIn, new URLSearchParams({ scanned }).toString(), { isKept: true, isQuiet: true });
  tellKept();
});
tellKept();
setInterval(look, LOOK_EVERY);
addEventListener("online", look);
