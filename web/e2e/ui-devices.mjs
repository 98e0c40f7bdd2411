// @ts-nocheck: run by Node as it is
/** Tests the choice between two cameras, the button that changes them, and full screen. Usage: node e2e/ui-devices.mjs (after a build) */

import assert from "node:assert/strict";

import { assertAccessible, assertFits, button, LAPTOP, textsIn } from "./screens.mjs";
import { openBrowser } from "./browser.mjs";
import { serveBuilt } from "./ui-browser.mjs";

const text = textsIn("en");
const server = await serveBuilt();
const twoCameras = { camera: "none", flags: ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream=device-count=2"] };
const { context, close } = await openBrowser({ ...twoCameras, options: { viewport: LAPTOP, locale: "en-GB" } });
try {
  const page = await context.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(error.message));
  await page.addInitScript(watchStreams);
  await page.goto(server.url);
  await page.locator(".before button.primary").click();
  await page.locator("canvas.shown").waitFor();
  await chooses(page);
  await flips(page);
  await fullScreen(page);
  assert.deepEqual(errors, []);
  console.log("devices: two cameras and full screen are right");
} finally {
  await close();
  await server.close();
}

/** Runs before the page's scripts: records every track that is opened. */
function watchStreams() {
  window.tracks = [];
  const { mediaDevices } = navigator;
  const original = mediaDevices.getUserMedia.bind(mediaDevices);
  mediaDevices.getUserMedia = async (constraints) => {
    const stream = await original(constraints);
    window.tracks.push(...stream.getTracks());
    return stream;
  };
}

/** Waits until exactly one camera runs; returns its name. */
async function runningCamera(page) {
  await page.waitForFunction(() => window.tracks.filter(({ readyState }) => readyState === "live").length === 1);
  return page.evaluate(() => window.tracks.find(({ readyState }) => readyState === "live").label);
}

/** Chooses the other camera in the settings: that one runs, and no other. */
async function chooses(page) {
  await button(page, text, "live.settings").click();
  const choice = page.getByRole("combobox", { name: text("settings.camera") });
  const names = await choice.locator("option").allTextContents();
  assert.equal(names.length, 2, `two cameras to choose from: ${names}`);
  const before = await runningCamera(page);
  const other = names.find((name) => name.trim() !== before).trim();
  await choice.selectOption({ label: other });
  await page.waitForFunction((name) => window.tracks.some(({ label, readyState }) => label === name && readyState === "live"), other);
  assert.equal(await runningCamera(page), other, "the chosen camera runs alone");
  await page.keyboard.press("Escape");
  console.log(`camera choice: ${before}, then ${other}`);
}

/** Changes the camera with the button and back, for cameras that do not report their direction. */
async function flips(page) {
  const first = await runningCamera(page);
  const flip = button(page, text, "live.flip");
  await flip.click();
  await page.waitForFunction((name) => window.tracks.some(({ label, readyState }) => label !== name && readyState === "live"), first);
  assert.notEqual(await runningCamera(page), first, "the other camera");
  await flip.click();
  await page.waitForFunction((name) => window.tracks.some(({ label, readyState }) => label === name && readyState === "live"), first);
  assert.equal(await runningCamera(page), first, "and back");
  assert.equal(await page.locator("canvas.shown").count(), 1);
}

/** The picture and its buttons fill the screen, and the button ends full screen. */
async function fullScreen(page) {
  const press = button(page, text, "live.fullscreen");
  await press.click();
  await page.waitForFunction(() => document.fullscreenElement?.classList.contains("view"));
  const [view, screen] = await page.evaluate(() => {
    const { width, height } = document.fullscreenElement.getBoundingClientRect();
    return [[width, height], [innerWidth, innerHeight]];
  });
  assert.deepEqual(view, screen, "the view fills the screen");
  assert.ok(await page.getByRole("toolbar").isVisible(), "buttons are there");
  assert.ok(!(await page.getByRole("navigation").evaluate((nav) => document.elementFromPoint(nav.clientWidth - 60, 20)?.closest("nav"))), "no navigation over it");
  await button(page, text, "live.overlays").click();
  await assertAccessible(page, "full screen");
  await assertFits(page, "full screen");
  if (process.env.EMOAR_SHOTS) await page.screenshot({ path: `${process.env.EMOAR_SHOTS}/fullscreen.png` });
  await page.keyboard.press("Escape");
  if (await page.evaluate(() => document.fullscreenElement !== null)) await press.click();
  await page.waitForFunction(() => document.fullscreenElement === null);
  console.log("full screen: fills it, with its buttons, and back");
}
