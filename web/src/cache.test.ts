import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { fetchKept, keepOnly } from "./cache";

const BASE = "https://somewhere.test/app/";

/** The browser's cache, as a map. */
class FakeCache {
  readonly kept = new Map<string, string>();
  match = (url: string) => Promise.resolve(this.kept.has(url) ? new Response(this.kept.get(url)) : undefined);
  put = async (url: string, response: Response) => void this.kept.set(url, await response.text());
  keys = () => Promise.resolve([...this.kept.keys()].map((url) => new Request(url)));
  delete = (url: string) => Promise.resolve(this.kept.delete(url));
}

let cache: FakeCache;
let fetches: string[];

beforeEach(() => {
  cache = new FakeCache();
  fetches = [];
  vi.stubGlobal("self", globalThis);
  vi.stubGlobal("caches", { open: () => Promise.resolve(cache) });
  vi.stubGlobal("fetch", (url: string) => {
    fetches.push(url);
    return Promise.resolve(new Response("bytes", { status: url.includes("missing") ? 404 : 200 }));
  });
});
afterEach(() => vi.unstubAllGlobals());

test("the second time needs no network", async () => {
  const first = await fetchKept(`${BASE}models/a.1.tflite`);
  expect([await first.text(), fetches.length]).toEqual(["bytes", 1]);
  const second = await fetchKept(`${BASE}models/a.1.tflite`);
  expect([await second.text(), fetches.length]).toEqual(["bytes", 1]);
});

test("bytes are there while the file is still arriving", async () => {
  let finish: () => void = () => undefined;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new TextEncoder().encode("first"));
      finish = () => controller.close();
    },
  });
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(body)));
  const reader = (await fetchKept(`${BASE}models/a`)).body!.getReader();
  expect(new TextDecoder().decode((await reader.read()).value)).toBe("first");
  expect(cache.kept.size).toBe(0);
  finish();
  expect((await reader.read()).done).toBe(true);
  await vi.waitFor(() => expect(cache.kept.get(`${BASE}models/a`)).toBe("first"));
});

test("a missing file is not cached", async () => {
  expect((await fetchKept(`${BASE}models/missing`)).status).toBe(404);
  expect(cache.kept.size).toBe(0);
});

test("a full disk, or a missing cache, does not stop the page", async () => {
  cache.put = () => Promise.reject(new DOMException("", "QuotaExceededError"));
  expect((await fetchKept(`${BASE}models/a`)).ok).toBe(true);
  vi.stubGlobal("caches", { open: () => Promise.reject(new DOMException("", "SecurityError")) });
  expect((await fetchKept(`${BASE}models/a`)).ok).toBe(true);
});

test("files of earlier versions are removed, and none of another app", async () => {
  for (const url of [`${BASE}models/a.1`, `${BASE}models/a.2`, "https://somewhere.test/other/b"]) cache.kept.set(url, "");
  await keepOnly(BASE, (path) => path === "models/a.2");
  expect([...cache.kept.keys()]).toEqual([`${BASE}models/a.2`, "https://somewhere.test/other/b"]);
});
