/** House now: fetches its content every few seconds; says when what it shows is out of date. */
const EVERY = 5_000;
const REQUEST_LIMIT = 10_000;
const STALE_AFTER = 20_000;

const now = document.getElementById("now");
const liveness = document.getElementById("liveness");
const live = liveness.textContent;
let fetchedAt = performance.now();
let busy = false;

/** Puts the fresh content in, keeping what the reader opened and where the keyboard was. */
function show(html) {
  const open = [...now.querySelectorAll("details")].map((details) => details.open);
  const focused = now.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  now.innerHTML = html;
  now.querySelectorAll("details").forEach((details, index) => {
    details.open = open[index] ?? false;
  });
  if (focused) now.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

function tell() {
  const isStale = performance.now() - fetchedAt > STALE_AFTER;
  liveness.className = isStale ? "state state--fault" : "state state--open";
  const words = isStale ? liveness.dataset.stale : live;
  if (liveness.textContent !== words) liveness.textContent = words;
}

async function refresh() {
  if (busy || document.visibilityState !== "visible") return;
  busy = true;
  try {
    const answer = await fetch(now.dataset.url, {
      cache: "no-store",
      credentials: "same-origin",
      signal: AbortSignal.timeout(REQUEST_LIMIT),
    });
    if (answer.status === 401 || answer.status === 403 || answer.redirected) location.reload();
    if (!answer.ok) return;
    show(await answer.text());
    fetchedAt = performance.now();
  } catch {
    // said by its age
  } finally {
    busy = false;
    tell();
  }
}

setInterval(refresh, EVERY);
setInterval(tell, 1_000);
document.addEventListener("visibilitychange", refresh);
