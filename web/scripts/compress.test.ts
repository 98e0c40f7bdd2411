import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, it } from "vitest";

import { compressFolder } from "./compress.mjs";

let root: string;
let folder: string;
let kept: string;
const text = Buffer.from("function face() { return 1; }\n".repeat(200));

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "emoar-compress-"));
  [folder, kept] = [join(root, "site"), join(root, "kept")];
  mkdirSync(join(folder, "assets"), { recursive: true });
  writeFileSync(join(folder, "assets/app.js"), text);
});

afterEach(() => rmSync(root, { recursive: true }));

it("writes both forms beside a file, which stays", async () => {
  expect(await compressFolder(folder, kept)).toEqual(["assets/app.js.br", "assets/app.js.gz"]);
  expect(brotliDecompressSync(readFileSync(join(folder, "assets/app.js.br")))).toEqual(text);
  expect(gunzipSync(readFileSync(join(folder, "assets/app.js.gz")))).toEqual(text);
  expect(readFileSync(join(folder, "assets/app.js"))).toEqual(text);
});

it("leaves out what is small, compressed already, or hardly shrinks", async () => {
  writeFileSync(join(folder, "small.js"), "1;");
  writeFileSync(join(folder, "icon.png"), text);
  writeFileSync(join(folder, "noise.tflite"), randomBytes(4000));
  writeFileSync(join(folder, "app.js.map"), text);
  expect(await compressFolder(folder, kept)).toEqual(["assets/app.js.br", "assets/app.js.gz"]);
});

it("keeps results by content, and only those of the last run", async () => {
  await compressFolder(folder, kept);
  const [first] = readdirSync(kept).filter((name) => name.endsWith(".gz"));
  writeFileSync(join(kept, first), "an earlier result");
  await compressFolder(folder, kept);
  expect(readFileSync(join(folder, "assets/app.js.gz"), "utf8")).toBe("an earlier result");
  writeFileSync(join(folder, "assets/app.js"), Buffer.concat([text, text]));
  await compressFolder(folder, kept);
  expect(gunzipSync(readFileSync(join(folder, "assets/app.js.gz"))).length).toBe(2 * text.length);
  expect(existsSync(join(kept, first))).toBe(false);
});

it("gives the same bytes each time, so that a build of the same content is the same", async () => {
  await compressFolder(folder, kept);
  const before = readFileSync(join(folder, "assets/app.js.gz"));
  await compressFolder(folder, join(root, "elsewhere"));
  expect(readFileSync(join(folder, "assets/app.js.gz"))).toEqual(before);
});
