/** The first screen: listens for scans, and renews itself while nobody uses it. */
import { begin } from "./check_in.js";

const RENEW_EVERY = 5 * 60_000; // ms: so that neither its time nor its form grows old

/** Only with an answering house, so that the screen never leaves a working page for none. */
async function renew() {
  if (document.body.dataset.idle !== "0" || !document.getElementById("answer").hidden) return;
  try {
    const answer = await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(5_000) });
    if (answer.ok) location.replace(location.pathname);
  } catch {
    // No answer: the page stays, and the next round tries again.
  }
}

begin();
setInterval(renew, RENEW_EVERY);
