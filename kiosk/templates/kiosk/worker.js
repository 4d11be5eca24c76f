/* Keeps the shell of the kiosk, so that a reload without the house says so in words instead of an error page.
   Pages are never kept: they belong to one visitor. */
const KEPT = "kiosk-{{ version }}";
const OFFLINE = {{ shell[0] | tojson }};
const SHELL = new Set({{ shell | tojson }});
const NO_ANSWER = new Set([502, 503, 504]);

addEventListener("install", (event) => {
  const fresh = [...SHELL].map((url) => new Request(url, { cache: "reload", credentials: "same-origin" }));
  event.waitUntil(caches.open(KEPT).then((cache) => cache.addAll(fresh)).then(() => skipWaiting()));
});

addEventListener("activate", (event) => {
  const drop = (names) => Promise.all(names.filter(isOld).map((name) => caches.delete(name)));
  event.waitUntil(caches.keys().then(drop).then(() => clients.claim()));
});

addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(pageOrShell(request));
  else if (SHELL.has(pathOf(request))) event.respondWith(fetch(request).catch(() => caches.match(request)));
});

const isOld = (name) => name.startsWith("kiosk-") && name !== KEPT;

function pathOf(request) {
  const { pathname, search } = new URL(request.url);
  return pathname + search;
}

async function pageOrShell(request) {
  try {
    const answer = await fetch(request);
    return NO_ANSWER.has(answer.status) ? await caches.match(OFFLINE) : answer;
  } catch {
    return caches.match(OFFLINE);
  }
}
