/**
 * `GET /overlay` of a real `emoar serve`, as OBS opens it: what a live socket sees is drawn, and nothing else; the rest of
 * the page is transparent. Usage: node e2e/overlay-page.mjs, after `npm run build`
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { openBrowser } from "./browser.mjs";
import { goldenPictures, OUT } from "./build.mjs";
import { emoarServe, ready } from "./emoar-serve.mjs";

const VIEW = { width: 640, height: 480 };
const pictures = goldenPictures();
const server = await emoarServe();
const { context, close } = await openBrowser({ options: { viewport: VIEW } });
/** @type {string[]} */
const errors = [];
context.on("console", (message) => message.type() === "error" && errors.push(message.text()));
context.on("weberror", (error) => errors.push(String(error.error())));
try {
  await ready(server.url);
  await mkdir(join(OUT, "overlay-page"), { recursive: true });
  const page = await context.newPage();
  const camera = await liveSocket(readFileSync(join(pictures, "near.png")).toString("base64"));
  await nothingBefore(page);
  await camera.evaluate(() => Object.assign(window, { sending: true }));
  await drawn(page, "label", 0.9);
  await drawn(page, "label,quote,box", 0.6);
  await drawn(page, "sticker", 0.8);
  await drawn(page, "wireframe&mirrored", 0.5);
  await camera.close();
  await page.waitForFunction(() => document.body.dataset["faces"] === "0");
  await isEmpty(page, "after the source has ended");
  assert.deepEqual(errors, []);
  await page.goto(`${server.url}overlay?overlays=hat`);
  await page.getByText("hat is none of them").waitFor();
  await withKey(page);
  console.log("overlay page: right");
} finally {
  await close();
  await server.close();
}

/** The key in the fragment opens the socket; without one the page waits, and names the key. @param {import("playwright-core").Page} page */
async function withKey(page) {
  const guarded = await emoarServe(undefined, { keys: true });
  try {
    const refused = page.waitForEvent("console", (message) => message.text().includes("WebSocket connection"));
    await page.goto(`${guarded.url}overlay`);
    await refused;
    await page.getByText("Does it need an API key").waitFor();
    await page.goto("about:blank"); // another fragment alone would not load the page again
    await page.goto(`${guarded.url}overlay#key=${guarded.key}`);
    await page.waitForFunction(() => !document.getElementById("status"));
  } finally {
    await guarded.close();
  }
}

/** A page that sends a picture again and again to `WS /v1/live` while `sending` is set. @param {string} picture base64 */
async function liveSocket(picture) {
  const page = await context.newPage();
  await page.goto(server.url);
  await page.evaluate((base64) => {
    const socket = new WebSocket(`ws://${location.host}/v1/live`);
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    setInterval(() => Reflect.get(window, "sending") && socket.readyState === WebSocket.OPEN && socket.send(bytes), 100);
  }, picture);
  return page;
}

/** @param {import("playwright-core").Page} page */
async function nothingBefore(page) {
  const response = await page.goto(`${server.url}overlay`);
  assert.equal(response?.status(), 200);
  assert.match(response?.headers()["content-security-policy"] ?? "", /script-src 'self'/);
  await page.waitForFunction(() => !document.getElementById("status"));
  await isEmpty(page, "without a source");
}

/** @param {import("playwright-core").Page} page @param {string} overlays @param {number} atLeast share of the page that is transparent */
async function drawn(page, overlays, atLeast) {
  await page.goto(`${server.url}overlay?seed=1&overlays=${overlays}`);
  await page.waitForFunction(() => document.body.dataset["faces"] === "1");
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 1500))); // until stickers are loaded
  const name = overlays.replaceAll(/\W/g, "-");
  const { clear, solid } = await pixels(page, name);
  assert.ok(clear > atLeast, `${overlays}: only ${clear} of the page is transparent`);
  assert.ok(solid > 0.002, `${overlays}: only ${solid} of the page is drawn`);
}

/** @param {import("playwright-core").Page} page @param {string} when */
async function isEmpty(page, when) {
  assert.equal((await pixels(page, "empty")).clear, 1, `something is drawn ${when}`);
}

/** Shares of the page that are transparent and that are opaque. @param {import("playwright-core").Page} page @param {string} name */
async function pixels(page, name) {
  const png = await page.screenshot({ omitBackground: true });
  await writeFile(join(OUT, "overlay-page", `${name}.png`), png);
  return page.evaluate(async (base64) => {
    const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))]));
    const pen = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
    if (!pen) throw new Error("there is no canvas");
    pen.drawImage(bitmap, 0, 0);
    const { data } = pen.getImageData(0, 0, bitmap.width, bitmap.height);
    let clear = 0;
    let solid = 0;
    for (let i = 3; i < data.length; i += 4) {
      if (data[i] === 0) clear++;
      if (data[i] > 200) solid++;
    }
    return { clear: (4 * clear) / data.length, solid: (4 * solid) / data.length };
  }, png.toString("base64"));
}
