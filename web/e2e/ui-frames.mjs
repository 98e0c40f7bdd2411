// @ts-nocheck: run by Node as it is
/**
 * How frames get to inference and to the screen: in each way that a browser may have, with pause, another camera and a hidden
 * page; that frames are left out while nothing moves. None of it depends on speed. Usage: node e2e/ui-frames.mjs (after a build)
 */

import assert from "node:assert/strict";

import { cameraClip, stillClip } from "./build.mjs";
import { listen } from "./probe.mjs";
import { button, PHONE, startCamera, textsIn } from "./screens.mjs";
import { openBrowser, serveBuilt } from "./ui-browser.mjs";

const text = textsIn("en");
const clip = cameraClip().path;
/** What a browser without them lacks, by the way that frames go there. */
const WITHOUT = { stream: [], frame: ["MediaStreamTrackProcessor"], bitmap: ["MediaStreamTrackProcessor", "VideoFrame"] };
const server = await serveBuilt();
try {
  for (const [path, lacking] of Object.entries(WITHOUT)) {
    await onLiveScreen(clip, lacking, async (page) => {
      assert.equal(await page.locator(".view").getAttribute("data-frames"), path);
      await scenes(page, 5);
      await showsTheCamera(page, path);
      await pauses(page);
      await hides(page);
    });
    console.log(`${path}: scenes, pictures, pause and a hidden page are right`);
  }
  await onLiveScreen(clip, [], async (page) => {
    await scenes(page, 60);
    assert.equal(await page.evaluate(() => window.probe.restingMs.length), 0, "every frame of what moves is inferred");
  });
  await onLiveScreen(stillClip(), [], async (page) => {
    await page.waitForFunction(() => window.probe.restingMs.length >= 30);
    const before = await page.evaluate(() => window.probe.scenes.length);
    await scenes(page, 3); // some are inferred all the same
    const [inferred, left] = await page.evaluate((count) => {
      const first = window.probe.scenes[count].atMs;
      return [window.probe.scenes.slice(count).length, window.probe.restingMs.filter((ms) => ms > first).length];
    }, before);
    assert.ok(left >= inferred - 1, `of a still picture at most every second frame is inferred: ${inferred}, ${left} left out`);
  });
  console.log("frames are left out while nothing moves, and only then");
} finally {
  await server.close();
}

/** Runs a test on the Live screen of a browser without these. */
async function onLiveScreen(path, lacking, test) {
  const { browser, close } = await openBrowser({ clip: path, context: { viewport: PHONE, locale: "en-GB" } });
  try {
    const page = await browser.newPage();
    const errors = [];
    page.on("pageerror", (error) => errors.push(error.message));
    await page.addInitScript((names) => names.forEach((name) => Reflect.deleteProperty(window, name)), lacking);
    await page.addInitScript(listen);
    await page.goto(server.url);
    await startCamera(page);
    await test(page);
    assert.deepEqual(errors, []);
  } finally {
    await close();
  }
}

/** Waits for so many more scenes. */
async function scenes(page, count) {
  const before = await page.evaluate(() => window.probe.scenes.length);
  await page.waitForFunction((wanted) => window.probe.scenes.length >= wanted, before + count);
}

/** The canvas has a picture that is not black. It can be read only in an animation frame before which something was drawn. */
async function showsTheCamera(page, path) {
  const bright = await page.locator("canvas.shown").evaluate(async (canvas) => {
    const small = new OffscreenCanvas(16, 16).getContext("2d");
    for (let tries = 0; tries < 300; tries++) {
      const drawn = new Promise((resolve) => requestAnimationFrame(() => createImageBitmap(canvas).then(resolve)));
      small.drawImage(await drawn, 0, 0, 16, 16);
      const { data } = small.getImageData(0, 0, 16, 16);
      if (data.some((value, i) => i % 4 !== 3 && value >= 24)) return true;
    }
    return false;
  });
  assert.ok(bright, `the camera's picture is shown, ${path}`);
}

async function pauses(page) {
  await button(page, text, "live.pause").click();
  await button(page, text, "live.resume").waitFor();
  await page.waitForTimeout(300); // for what was under way
  const before = await page.evaluate(() => window.probe.scenes.length);
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 700)));
  assert.equal(await page.evaluate(() => window.probe.scenes.length), before, "nothing is inferred while it is paused");
  await button(page, text, "live.resume").click();
  await scenes(page, 3);
}

/** A hidden page releases the camera; shown again, it opens it again. */
async function hides(page) {
  await page.evaluate(hide, true);
  await page.waitForTimeout(300);
  await page.evaluate(hide, false);
  await scenes(page, 3);
}

/** Runs in the page. */
function hide(hidden) {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}
