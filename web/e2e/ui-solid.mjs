// @ts-nocheck: run by Node as it is
/**
 * Solid overlays as Python draws them, too: the pictures of `tests/golden/overlay`, drawn again and compared by pixels.
 * `node e2e/ui-solid.mjs`; `--write` stores them, after a change that is meant.
 */

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { openBrowser, serveSources, WEB } from "./ui-browser.mjs";

const GOLDEN = join(WEB, "..", "tests", "golden", "overlay");
const SIZE = { widthPx: 640, heightPx: 360 };
const BACKDROP = [0x4a, 0x5a, 0x52];
/** Share of the drawn pixels that may differ, by more than LEVELS: another version of Chromium may round edges otherwise. */
const DIFFERING = 0.03;
const LEVELS = 24;

const write = process.argv.includes("--write");
const server = await serveSources();
const { browser, close } = await openBrowser({ camera: false, context: { viewport: { width: 640, height: 360 } } });
try {
  const page = await browser.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(error.message));
  await page.goto(`${server.url}e2e/bench/overlay.html`);
  await page.waitForFunction(() => window.shoot, null, { timeout: 60_000 });
  for (const { name, overlays = ["object"], ...shot } of JSON.parse(readFileSync(join(GOLDEN, "shots.json"), "utf8"))) {
    const drawn = await page.evaluate((wanted) => window.pixels(wanted), { ...SIZE, bare: true, overlays, ...shot });
    const file = join(GOLDEN, `${name}.png`);
    if (write) writeFileSync(file, Buffer.from(await page.evaluate(png, { drawn, ...SIZE }), "base64"));
    const stored = await page.evaluate(decoded, readFileSync(file).toString("base64"));
    const [all, differing] = compare(Buffer.from(drawn, "base64"), Buffer.from(stored, "base64"));
    assert.ok(all > 500, `${name} must show: ${all} px`);
    assert.ok(differing <= DIFFERING * all, `${name}: ${differing} of ${all} px differ from the stored picture`);
    console.log(`${name}: ${differing} of ${all} px differ`);
  }
  assert.deepEqual(errors, []);
  console.log(`solid overlays: ${write ? "written" : "as stored"}`);
} finally {
  await close();
  await server.close();
}

/** How many pixels are drawn in one of two RGBA pictures, and how many of them differ. */
function compare(a, b) {
  let [all, differing] = [0, 0];
  for (let at = 0; at < a.length; at += 4) {
    const shown = [a, b].some((picture) => BACKDROP.some((level, i) => picture[at + i] !== level));
    if (!shown) continue;
    all++;
    if ([0, 1, 2].some((i) => Math.abs(a[at + i] - b[at + i]) > LEVELS)) differing++;
  }
  return [all, differing];
}

/** Runs in the page: RGBA in base64 as a PNG in base64. */
async function png({ drawn, widthPx, heightPx }) {
  const canvas = Object.assign(document.createElement("canvas"), { width: widthPx, height: heightPx });
  const data = Uint8ClampedArray.from(atob(drawn), (letter) => letter.charCodeAt(0));
  canvas.getContext("2d").putImageData(new ImageData(data, widthPx, heightPx), 0, 0);
  return canvas.toDataURL("image/png").split(",")[1];
}

/** Runs in the page: a PNG in base64 as RGBA in base64. */
async function decoded(file) {
  const image = new Image();
  image.src = `data:image/png;base64,${file}`;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
  const pen = canvas.getContext("2d");
  pen.drawImage(image, 0, 0);
  let text = "";
  const { data } = pen.getImageData(0, 0, image.width, image.height);
  for (let i = 0; i < data.length; i += 0x8000) text += String.fromCharCode(...data.subarray(i, i + 0x8000));
  return btoa(text);
}
