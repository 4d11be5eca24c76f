/**
 * Service worker of /display/: keeps the page and its files, never a board. Without a network the page opens
 * from here and shows the last calls it remembers as what they are: old.
 */
const CACHE = "ihh-display-1";
const HOME = new URL("./", self.location).pathname;
const PATIENCE = 6_000; // ms

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("message", (event) => {
  if (Array.isArray(event.data?.keep)) event.waitUntil(keep(event.data.keep));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method === "GET" && (isHome(request, url) || isAsset(url))) event.respondWith(answer(request));
});

const isHome = (request, url) => request.mode === "navigate" && url.pathname === HOME;

/** Sounds are left out: offline there is no call to sound for, and players ask for parts of them. */
function isAsset(url) {
  return url.origin === self.location.origin && /\/static\/.*\.(?:js|css|svg)$/.test(url.pathname);
}

/** From the network, else what was kept: a server that fails counts as no network. */
async function answer(request) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request, { ignoreVary: true });
  try {
    const fresh = await Promise.race([fetch(request), late(kept)]);
    if (fresh.ok && fresh.type === "basic") await cache.put(request, fresh.clone());
    return fresh.status >= 500 && kept ? kept : fresh;
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
}

/** Fails after a while, but only when something else can be shown. */
function late(kept) {
  return new Promise((resolve, reject) => {
    if (kept) setTimeout(() => reject(new Error("no answer in time")), PATIENCE);
  });
}

/** Keeps these addresses, and of our files no others: those of an earlier version. */
async function keep(addresses) {
  const cache = await caches.open(CACHE);
  const wanted = addresses.filter((address) => isAsset(new URL(address)) || new URL(address).pathname === HOME);
  await Promise.all(wanted.map((address) => fetchOnce(cache, address)));
  for (const request of await cache.keys()) {
    if (isAsset(new URL(request.url)) && !wanted.includes(request.url)) await cache.delete(request);
  }
}

async function fetchOnce(cache, address) {
  if (await cache.match(address, { ignoreVary: true })) return;
  const fresh = await fetch(address);
  if (fresh.ok && !fresh.redirected) await cache.put(address, fresh);
}
