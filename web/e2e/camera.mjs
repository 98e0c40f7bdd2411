/** Tests the camera without perception: the message key of each error, hidden pages, a change of camera. Usage: node e2e/camera.mjs */

import { openBrowser } from "./browser.mjs";
import { builtEngine } from "./build.mjs";
import { Report } from "./report.mjs";
import { serve } from "./serve.mjs";

const server = await serve({ "/": await builtEngine() });
const report = new Report();

/** @param {Parameters<typeof openBrowser>[0]} options @param {(page: import("playwright-core").Page) => Promise<void>} test */
async function withPage(options, test) {
  const { context, close } = await openBrowser(options);
  try {
    const page = await context.newPage();
    report.watch(page, server.url);
    await page.goto(server.url);
    await test(page);
  } finally {
    await close();
  }
}

/** The message key with which starting fails. */
const refusal = () =>
  window.engine.createCamera().start({}).then(() => "started", (/** @type {Error} */ error) => error.message);

/** The number of frames that arrive within `ms` milliseconds. @param {number} ms */
async function framesIn(ms) {
  let count = 0;
  const off = window.camera.onFrame(() => count++);
  await new Promise((resolve) => setTimeout(resolve, ms));
  off();
  return count;
}

try {
  await withPage({ camera: "denied" }, async (page) => {
    report.equal("refused", await page.evaluate(refusal), "camera.denied");
  });
  await withPage({ camera: "none", flags: ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream=device-count=0"] }, async (page) => {
    report.equal("no camera", await page.evaluate(refusal), "camera.none");
  });
  await withPage({}, async (page) => {
    await page.evaluate(() => {
      window.camera = window.engine.createCamera();
      return window.camera.start({});
    });
    report.check("frames in a second", await page.evaluate(framesIn, 1000), ">=", 5);
    report.check("cameras to choose from", await page.evaluate(async () => (await window.camera.devices()).length), ">=", 1);
    await page.evaluate(hide, true);
    report.check("frames while hidden", await page.evaluate(framesIn, 700), "<=", 0);
    report.equal("runs while hidden", String(await page.evaluate(() => window.camera.running)), "false");
    await page.evaluate(hide, false);
    report.check("frames after that", await page.evaluate(framesIn, 1500), ">=", 5);
    report.equal("a camera that is gone", await page.evaluate(otherCamera), "camera.none");
    report.equal("unplugged", await page.evaluate(unplug), "camera.unplugged");
  });
} finally {
  server.close();
}
report.finish();

/** Runs in the page: what the browser does when the visitor goes to another page. @param {boolean} hidden */
function hide(hidden) {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}

/** Runs in the page. */
function otherCamera() {
  return window.engine.createCamera().start({ deviceId: "0123" }).then(() => "started", (/** @type {Error} */ error) => error.message);
}

/** Runs in the page: the device ends the track. */
async function unplug() {
  /** @type {MediaStream[]} */
  const streams = [];
  const { mediaDevices } = navigator;
  const original = mediaDevices.getUserMedia.bind(mediaDevices);
  mediaDevices.getUserMedia = async (constraints) => {
    const stream = await original(constraints);
    streams.push(stream);
    return stream;
  };
  const camera = window.engine.createCamera();
  await camera.start({});
  const ended = new Promise((resolve) => camera.onEnd(resolve));
  streams[0].getVideoTracks()[0].dispatchEvent(new Event("ended"));
  const key = await ended;
  return camera.running ? "still runs" : key;
}
