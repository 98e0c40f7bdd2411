import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { fetchBytes, fetchJson, fetchModel, type ModelFile } from "./models";

const BASE = "https://somewhere.test/app/";
const TEXT = "the bytes of a model";

function modelFile(text: string): ModelFile {
  const sha256 = createHash("sha256").update(text).digest("hex");
  return { file: "a.tflite", bytes: text.length, sha256, licence: "", author: "", purpose: "", accuracy: {}, balanced: {}, decision: {} };
}

beforeEach(() => {
  vi.stubGlobal("self", globalThis); // without a cache
  vi.stubGlobal("fetch", async (url: string) => {
    if (url.includes("offline")) throw new TypeError("no network");
    return new Response(TEXT, { status: url.includes("missing") ? 404 : 200 });
  });
});
afterEach(() => vi.unstubAllGlobals());

describe("fetchBytes", () => {
  it("gives the bytes, and reports them as they arrive", async () => {
    let received = 0;
    const bytes = await fetchBytes(`${BASE}a`, (count) => (received += count));
    expect(new TextDecoder().decode(bytes)).toBe(TEXT);
    expect(received).toBe(TEXT.length);
  });

  it.each([
    ["missing", "error.models_missing"],
    ["offline", "error.offline"],
  ])("rejects with a message key: %s", async (path, key) => {
    await expect(fetchBytes(BASE + path, () => undefined)).rejects.toThrow(key);
  });
});

describe("fetchModel", () => {
  it("accepts the right bytes only", async () => {
    expect(await fetchModel(BASE, modelFile(TEXT), () => undefined)).toHaveLength(TEXT.length);
    await expect(fetchModel(BASE, modelFile("others"), () => undefined)).rejects.toThrow("error.models_damaged");
  });
});

describe("fetchJson", () => {
  it("rejects a page in place of JSON", async () => {
    await expect(fetchJson(`${BASE}manifest.json`)).rejects.toThrow("error.models_missing");
  });
});
