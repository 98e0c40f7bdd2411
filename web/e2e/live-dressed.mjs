/**
 * Measures the real Live screen with everything on: speed from consent on, with two faces and with one, then memory.
 * It checks speed, so nothing else may run on the machine.
 *
 * Usage: node e2e/live-dressed.mjs [speed] [memory] [--seconds 20] [--minutes 5] [--untimed] (after `npm run build`)
 *
 * Without an argument it does `speed`. `memory` compares the first minute with the last. --untimed measures speed without
 * checking it: for trying.
 */

import { parseArgs } from "node:util";

import { openBrowser } from "./browser.mjs";
import { cameraClip, clipOfOne } from "./build.mjs";
import { held, listen, observe } from "./probe.mjs";
import { Report } from "./report.mjs";
import { LAPTOP, textsIn, startCamera } from "./screens.mjs";
import { median, percentile } from "./statistics.mjs";
import { serveBuilt } from "./ui-browser.mjs";

const ON = ["label", "bars", "quote", "object", "sticker"];
const WARM_UP_S = 12; // content is fetched, the quality step has stabilised

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: "string", default: "20" },
    minutes: { type: "string", default: "5" },
    untimed: { type: "boolean", default: false },
  },
});
const modes = positionals.length > 0 ? positionals : ["speed"];
const text = textsIn("en");
const clip = cameraClip();
const server = await serveBuilt();
const report = new Report();
try {
  if (modes.includes("speed")) {
    await onScreen(clip.path, (page) => speed(page, "two faces", 2));
    await onScreen(clipOfOne(), (page) => speed(page, "one face", 1));
  }
  if (modes.includes("memory")) await onScreen(clip.path, memory);
} finally {
  await server.close();
}
report.finish();

/** Runs a test on the Live screen with all overlays that can be on together. @param {string} path @param {(page: import("playwright-core").Page) => Promise<void>} test */
async function onScreen(path, test) {
  const options = { viewport: LAPTOP, locale: "en-GB" };
  const { context, close } = await openBrowser({ clip: path, options });
  try {
    await context.addInitScript(listen);
    const page = await context.newPage();
    report.watch(page, server.url);
    await page.goto(server.url);
    await startCamera(page);
    await dress(page);
    await page.waitForTimeout(1000 * Math.min(WARM_UP_S, Number(values.seconds)));
    await test(page);
  } finally {
    await close();
  }
}

/** @param {import("playwright-core").Page} page */
async function dress(page) {
  await page.getByRole("button", { name: text("live.overlays") }).click();
  for (const name of ON) {
    const chip = page.getByRole("button", { name: text(`overlay.${name}`), exact: true });
    if ((await chip.getAttribute("aria-pressed")) !== "true") await chip.click();
  }
  await page.keyboard.press("Escape");
}

/** @param {import("playwright-core").Page} page @param {string} what @param {number} people */
async function speed(page, what, people) {
  const { scenes, gapsMs, seconds } = await observe(page, Number(values.seconds));
  const frames = await page.locator("canvas.shown").evaluate((/** @type {HTMLCanvasElement} */ { width, height }) => `${width} x ${height}`);
  const ids = new Set(scenes.flatMap((scene) => scene.ids));
  const timed = { timed: true, never: values.untimed };
  report.check(`${what}: inferences`, scenes.length / seconds, ">=", people === 1 ? 24 : 15, "fps", timed);
  report.note(`${what}: drawn`, `${(gapsMs.length / seconds).toFixed(1)} fps, ${frames} px`);
  report.check(`${what}: gap between drawn frames, p95`, percentile(gapsMs, 0.95), "<=", 50, "ms", timed);
  report.note(`${what}: inference, median`, `${median(scenes.map(({ totalMs }) => totalMs)).toFixed(1)} ms`);
  report.note(`${what}: capture to scene, median`, `${median(scenes.map(({ delayMs }) => delayMs)).toFixed(0)} ms`);
  report.note(`${what}: scenes, faces in most`, `${scenes.length}, ${median(scenes.map((scene) => scene.ids.length))}`);
  report.equal(`${what}: ids`, String(ids.size), String(people));
}

/** @param {import("playwright-core").Page} page */
async function memory(page) {
  const minutes = Number(values.minutes);
  const warmUpS = Math.min(60, 30 * minutes);
  await page.waitForTimeout(1000 * warmUpS);
  const before = await held(page);
  await page.waitForTimeout(1000 * (60 * minutes - warmUpS));
  const after = await held(page);
  const grown = (/** @type {"heapBytes" | "wasmBytes"} */ what) => (after[what] - before[what]) / 1e6;
  report.note("memory between", `${warmUpS} s and ${60 * minutes} s`);
  report.note("page's heap, then", `${(before.heapBytes / 1e6).toFixed(1)} MB, ${(after.heapBytes / 1e6).toFixed(1)} MB`);
  report.check("page's heap, growth", grown("heapBytes"), "<=", 20, "MB");
  report.check("WebAssembly memory, growth", grown("wasmBytes"), "<=", 0, "MB");
  report.check("tensors between frames", after.tensors, "<=", 0);
  // content that was first shown in the meantime is kept for the next time; beyond that, nothing may grow
  report.note("geometries and textures, then", `${before.geometries}, ${before.textures}; ${after.geometries}, ${after.textures}`);
  report.check("textures, growth", after.textures - before.textures, "<=", 24);
  report.check("geometries, growth", after.geometries - before.geometries, "<=", 60);
}
