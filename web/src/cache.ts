/**
 * Keeps files whose names change with their content, for visits without a network.
 *
 * The page does this itself: on the first visit the service worker starts too late to cache these files. Later it
 * answers from the same cache, also for scripts that are imported and not fetched.
 */

import { features } from "./shell";

/** The name in vite.config.ts, which configures the service worker. */
const NAME = "models-and-runtime";

/** Reads from the cache, else fetches from the network and stores in the cache what arrives, while the caller reads it. */
export async function fetchKept(url: string): Promise<Response> {
  const cache = await open();
  const kept = await cache?.match(url).catch(() => undefined);
  if (kept) return kept;
  const response = await fetch(url);
  if (response.ok) void cache?.put(url, response.clone()).catch(() => undefined); // a full disk must not stop the page
  return response;
}

/** Removes the files of earlier versions: everything under `base` that is not wanted. */
export async function keepOnly(base: string, wanted: (path: string) => boolean): Promise<void> {
  const cache = await open();
  if (!cache) return;
  for (const { url } of await cache.keys()) {
    if (url.startsWith(base) && !wanted(url.slice(base.length))) await cache.delete(url);
  }
}

/** Null in the shell, on an insecure page and in a private window. */
async function open(): Promise<Cache | null> {
  return features.copies && "caches" in self ? caches.open(NAME).catch(() => null) : null;
}
