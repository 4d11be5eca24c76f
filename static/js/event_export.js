// Follows a download: the browser saves the file itself, the house says how many rows have left.

const POLL_MS = 500;
// A workbook of millions of rows is packed for a while after its last row.
const PATIENCE_MS = 180_000;

const form = document.querySelector("[data-export]");
const follow = document.querySelector("[data-follow]");
const bar = follow.querySelector("progress");
const told = follow.querySelector("[data-told]");
let current = "";

form.addEventListener("submit", (event) => {
  event.preventDefault();
  current = crypto.randomUUID ? crypto.randomUUID() : `r-${Date.now()}-${Math.random().toString(36).slice(2)}`;
  const query = new URLSearchParams(new FormData(form));
  query.set("request", current);
  follow.hidden = false;
  bar.value = 0;
  told.textContent = "";
  watch(current);
  location.assign(`${form.action}?${query}`);
});

async function watch(request) {
  let rows = -1;
  let changed = performance.now();
  while (request === current) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    const state = await ask(request);
    if (state && state.rows !== rows) {
      rows = state.rows;
      changed = performance.now();
      show(state);
    }
    if (state?.is_finished) {
      bar.value = bar.max;
      tell(told.dataset.done, state);
      return;
    }
    if (performance.now() - changed > PATIENCE_MS) {
      told.textContent = told.dataset.broken;
      return;
    }
  }
}

async function ask(request) {
  try {
    const answer = await fetch(`${form.dataset.progress}?request=${encodeURIComponent(request)}`, {
      headers: { Accept: "application/json" },
    });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

function show(state) {
  bar.max = Math.max(state.expected, 1);
  bar.value = state.rows;
  tell(told.dataset.rows, state);
}

function tell(words, state) {
  const number = new Intl.NumberFormat(document.documentElement.lang);
  told.textContent = words
    .replace("{done}", number.format(state.rows))
    .replace("{all}", number.format(state.is_finished ? state.rows : state.expected));
}
