import { afterEach, beforeEach, expect, test, vi } from "vitest";

vi.mock("../runtime", () => ({ Runtime: { fetch: () => Promise.resolve({ start: () => undefined }) } }));
vi.mock("../models", async (original) => ({
  ...(await original<typeof import("../models")>()),
  fetchModel: (_: string, { file, bytes }: { file: string; bytes: number }, received: (count: number) => void) => {
    fetched.push(file);
    received(bytes);
    return Promise.resolve(new Uint8Array(bytes));
  },
}));

const { Download, FACE_MODELS } = await import("./download");

const BASE = "https://somewhere.test/app/";
const DECISIONS: Record<string, object> = { "emoar-m": { ferplus: { second: "emoar-s" } } };
const MODELS = Object.fromEntries(
  [...FACE_MODELS, "emoar-s", "emoar-m"].map((name) => [name, { file: `${name}.1.tflite`, bytes: 100, decision: DECISIONS[name] ?? {} }]),
);
let fetched: string[];
let online: boolean;

beforeEach(() => {
  fetched = [];
  online = true;
  vi.stubGlobal("self", globalThis); // without a cache
  vi.stubGlobal("fetch", async (url: string) => {
    if (!online) throw new TypeError("no network");
    return Response.json(url.includes("models/") ? { models: MODELS } : { folder: "1", files: { "a.wasm": 600, "b.wasm": 500 } });
  });
});
afterEach(() => vi.unstubAllGlobals());

test("it fetches the models that are used, and no other", async () => {
  const download = new Download(BASE, { threads: 1, webgpu: false }, "emoar-s");
  const { models } = await download.done;
  expect([...models.keys()].sort()).toEqual([...FACE_MODELS, "emoar-s"].sort());
  expect(fetched).not.toContain("emoar-m.1.tflite");
  expect(download.fraction).toBeCloseTo(0.4); // the runtime is the rest
  expect([download.serves("emoar-s"), download.serves("emoar-m")]).toEqual([true, false]);
});

test("it fetches the network of the second predictions, too", async () => {
  const { models } = await new Download(BASE, { threads: 1, webgpu: false }, "emoar-m").done;
  expect([...models.keys()].sort()).toEqual([...FACE_MODELS, "emoar-s", "emoar-m"].sort());
});

test("a failure is no unhandled error, and serves nobody", async () => {
  online = false;
  const download = new Download(BASE, { threads: 1, webgpu: false }, "emoar-s");
  await expect(download.done).rejects.toThrow("error.offline");
  expect(download.serves("emoar-s")).toBe(false);
  expect(download.fraction).toBe(0);
});
