/**
 * Keeps files whose names change with their content, for visits without a network.
 *
 * The page does this itself: on the first visit the service worker begins too late to see these files pass. It answers
 * from the same cache later, which is how scripts that are not fetched but imported come out of it.
 */

/** As in vite.config.ts, where the service worker gets it from. */
const NAME = "models-and-runtime";

/** From the cache, else from the network and then into the cache. */
export async function fetchKept(url: string): Promise<Response> {
  const cache = await open();
  const kept = await cache?.match(url).catch(() => undefined);
  if (kept) return kept;
  const response = await fetch(url);
  if (response.ok) await cache?.put(url, response.clone()).catch(() => undefined); // a full disk is no reason to stop
  return response;
}

/** Removes what earlier versions kept: everything under `base` that is not wanted. */
export async function keepOnly(base: string, wanted: (path: string) => boolean): Promise<void> {
  const cache = await open();
  if (!cache) return;
  for (const { url } of await cache.keys()) {
    if (url.startsWith(base) && !wanted(url.slice(base.length))) await cache.delete(url);
  }
}

/** A page that is not secure, or a private window, has none. */
async function open(): Promise<Cache | null> {
  return "caches" in self ? caches.open(NAME).catch(() => null) : null;
}
