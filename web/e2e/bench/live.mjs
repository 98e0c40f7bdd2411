/**
 * How fast the Live screen is, on a slower and slower processor: ratios to the models' own time in the same run, which are
 * the same on a fast machine and on a busy one. Its default overlays, one face, one thread, a phone's view.
 *
 * Usage: node e2e/bench/live.mjs [--rates 1,4,6] [--seconds 10] [--mbit 10] [--visit-rate 4] (after `npm run build`)
 */

import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { openBrowser } from "../browser.mjs";
import { clipOfOne, stillClip } from "../build.mjs";
import { emoarServe } from "../emoar-serve.mjs";
import { meter } from "../meter.mjs";
import { listen, observe } from "../probe.mjs";
import { PHONE, startCamera } from "../screens.mjs";
import { serve } from "../serve.mjs";
import { median, percentile } from "../statistics.mjs";
import { WEB } from "../../scripts/files.mjs";
import { throttle } from "./throttle.mjs";

const WARM_UP_S = 8; // content is fetched, the quality step has stabilised
const CAMERA_FPS = 30;
const CAMERA_PX = 1280; // what the app asks cameras for
const { values } = parseArgs({
  options: {
    rates: { type: "string", default: "1,4,6" },
    seconds: { type: "string", default: "10" },
    mbit: { type: "string", default: "10" },
    "visit-rate": { type: "string", default: "4" },
  },
});
const clip = clipOfOne(CAMERA_PX);
console.log(`${cpus().length} x ${cpus()[0].model}, load ${loadavg()[0].toFixed(1)}`);
console.table({ ...(await live(clip, values.rates.split(",").map(Number), "")), ...(await live(stillClip(CAMERA_PX), [Number(values["visit-rate"])], ", nothing moves")) });
await firstVisit(Number(values["visit-rate"]), Number(values.mbit));
console.log(`load ${loadavg()[0].toFixed(1)}`);

/** @param {string} camera @param {number[]} rates @param {string} what */
async function live(camera, rates, what) {
  const server = await serve({ "/": join(WEB, "dist") }, { isolated: false }); // not isolated: one thread
  const { context, close } = await openBrowser({ clip: camera, options: { viewport: PHONE } });
  /** @type {Record<string, Record<string, string>>} */
  const rows = {};
  try {
    await context.addInitScript(listen);
    const page = await context.newPage();
    await page.goto(server.url);
    await startCamera(page);
    for (const rate of rates) {
      const end = await throttle(context, rate);
      await page.waitForTimeout(1000 * WARM_UP_S);
      const seen = await observe(page, Number(values.seconds));
      rows[`${rate} times slower${what}`] = { ...summary(seen), "drawn, px": await page.evaluate(drawnSize) };
      await end();
    }
  } finally {
    await close();
    server.close();
  }
  return rows;
}

/** Runs in the page: it shows which step of drawing is used. */
function drawnSize() {
  const { width, height } = /** @type {HTMLCanvasElement} */ (document.querySelector("canvas.shown"));
  return `${width} x ${height}`;
}

/** @param {Awaited<ReturnType<typeof observe>>} seen */
function summary({ scenes, gapsMs, seconds }) {
  const modelsMs = scenes.reduce((sum, { totalMs }) => sum + totalMs, 0) / scenes.length;
  const allowed = Math.min(CAMERA_FPS, 1000 / modelsMs);
  const rate = scenes.length / seconds;
  const shownMs = scenes.map(({ shownMs: ms }) => ms).filter(Number.isFinite);
  const arrivedMs = median(scenes.map(({ delayMs }) => delayMs));
  return {
    "models, ms a frame": modelsMs.toFixed(1),
    "inferences / s": rate.toFixed(1),
    "of what models allow": (rate / allowed).toFixed(2),
    "age at the page, ms": arrivedMs.toFixed(0),
    "age when shown, ms (p95)": `${median(shownMs).toFixed(0)} (${percentile(shownMs, 0.95).toFixed(0)})`,
    "age / models": `${(arrivedMs / modelsMs).toFixed(1)}, ${(median(shownMs) / modelsMs).toFixed(1)}`,
    "display frames / s": (gapsMs.length / seconds).toFixed(1),
  };
}

/** @param {number} rate @param {number} mbit */
async function firstVisit(rate, mbit) {
  const server = await emoarServe();
  const relay = await meter(server.url, mbit);
  const { context, close } = await openBrowser({ clip, options: { viewport: PHONE } });
  const end = await throttle(context, rate);
  try {
    const page = await context.newPage();
    const since = performance.now();
    await page.goto(relay.url, { waitUntil: "commit" });
    await page.locator("button.primary").waitFor();
    const [paintMs, pictureS] = [await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN), seconds(since)];
    await page.waitForTimeout(4000); // somebody reads what is written there
    const consent = performance.now();
    await startCamera(page);
    const faceS = seconds(consent);
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.waitForLoadState("networkidle");
    console.table({ [`first visit, ${rate} times slower, ${mbit} Mbit/s`]: {
      "first picture of the page, s": (paintMs / 1000).toFixed(2), "its button there, s": pictureS, "first face after consent, s": faceS, "bytes, MB": (relay.seen.bytes / 1e6).toFixed(2),
    } });
  } finally {
    await end();
    await close();
    relay.close();
    await server.close();
  }
}

/** @param {number} since */
function seconds(since) {
  return ((performance.now() - since) / 1000).toFixed(2);
}
