// @ts-nocheck: run by Node as it is
/**
 * The live view's controls: pictures and films of the camera's size on every screen, panels at their buttons and closed by
 * Escape, buttons within reach, statistics off the faces, focus and keyboard shortcuts. Usage: node e2e/ui-live.mjs (after a build)
 */

import assert from "node:assert/strict";

import { cameraClip } from "./build.mjs";
import { assertAccessible, assertFits, button, LAPTOP, textsIn } from "./screens.mjs";
import { openBrowser, serveBuilt } from "./ui-browser.mjs";

const VIEWS = { laptop: LAPTOP, phone: { width: 360, height: 640 }, "large phone": { width: 412, height: 915 }, rotated: { width: 740, height: 360 } };
const CAMERA = [640, 360]; // of the clip
const text = textsIn("en");
const clip = cameraClip().path;
const server = await serveBuilt();
try {
  for (const [name, viewport] of Object.entries(VIEWS)) {
    const { browser, close } = await openBrowser({ clip, context: { viewport, locale: "en-GB" } });
    const page = await browser.newPage();
    const errors = [];
    page.on("pageerror", (error) => errors.push(error.message));
    await page.goto(server.url);
    await page.getByRole("button", { name: text("live.start") }).focus();
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => Number(document.querySelector(".view")?.dataset.faces) > 0, null, { timeout: 120_000 });
    await focusAfterStart(page);
    await picturesAndFilms(page);
    await panels(page, name);
    await statistics(page);
    await shortcuts(page);
    assert.deepEqual(errors, [], name);
    await close();
    console.log(`${name}: pictures, panels, statistics and keys are right`);
  }
} finally {
  await server.close();
}

/** After the button is gone, the focus is on a control, and the space bar does what it says there. */
async function focusAfterStart(page) {
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("aria-label")), text("live.pause"));
  await page.keyboard.press("Space");
  await button(page, text, "live.resume").waitFor();
  await page.keyboard.press("Space");
  await button(page, text, "live.pause").waitFor();
}

async function picturesAndFilms(page) {
  const canvas = page.locator("canvas.shown");
  await page.keyboard.press("s");
  const picture = page.getByRole("img", { name: text("result.alt") });
  await picture.waitFor();
  assert.deepEqual(await picture.evaluate((image) => image.decode().then(() => [image.naturalWidth, image.naturalHeight])), CAMERA, "a picture has the camera's size");
  await resultWithinReach(page);
  await page.keyboard.press("Escape");
  await picture.waitFor({ state: "detached" });
  const before = await canvas.evaluate((element) => element.getBoundingClientRect().toJSON());
  await page.keyboard.press("r");
  await page.getByRole("status").filter({ hasText: text("live.recording") }).waitFor();
  assert.deepEqual(await canvas.evaluate((element) => [element.width, element.height]), CAMERA, "a film's canvas has the camera's size");
  await page.waitForTimeout(1500);
  assert.deepEqual(await canvas.evaluate((element) => [element.width, element.height]), CAMERA, "and keeps it");
  await page.keyboard.press("r");
  const film = page.locator(".sheet video");
  await film.waitFor();
  await page.waitForFunction(() => document.querySelector(".sheet video").videoWidth > 0);
  assert.deepEqual(await film.evaluate((video) => [video.videoWidth, video.videoHeight]), CAMERA, "so has the film");
  assert.deepEqual(await canvas.evaluate((element) => element.getBoundingClientRect().toJSON()), before, "then the view is as it was");
  await resultWithinReach(page);
  await page.keyboard.press("Escape");
  await film.waitFor({ state: "detached" });
}

async function resultWithinReach(page) {
  for (const key of ["result.save", "result.discard", "live.close"]) assert.ok(await inSight(page, button(page, text, key)), `${key} is within reach`);
}

/** Whether a click at its middle reaches it, without scrolling. */
function inSight(page, locator) {
  return locator.evaluate((element) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    const hit = document.elementFromPoint(left + width / 2, top + height / 2);
    return hit !== null && (element === hit || element.contains(hit));
  });
}

async function panels(page, name) {
  for (const [key, end] of [["live.overlays", false], ["live.settings", true]]) {
    const opener = button(page, text, key);
    await opener.click();
    const panel = page.getByRole("dialog", { name: text(key) });
    await panel.waitFor();
    const [box, view] = [await panel.boundingBox(), await page.locator(".view").boundingBox()];
    const gaps = [box.x - view.x, view.x + view.width - box.x - box.width];
    assert.ok(Math.abs(gaps[end ? 1 : 0] - 12) < 2, `${key} opens at its button's side: ${gaps}`);
    assert.ok(box.y >= view.y && box.y + box.height <= view.y + view.height, `${key} is inside the view, ${name}`);
    await page.keyboard.press("Escape");
    await panel.waitFor({ state: "detached" });
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("aria-label")), text(key), "the focus returns to the button");
  }
}

async function statistics(page) {
  await button(page, text, "live.settings").click();
  await page.getByLabel(text("settings.stats")).check();
  await page.keyboard.press("Escape");
  const table = page.getByRole("table", { name: text("settings.stats") });
  await table.waitFor();
  assert.match(await table.innerText(), new RegExp(`${text("stats.inference")}\\s+[\\d.]+ / s`));
  const [box, view] = [await table.boundingBox(), await page.locator(".view").boundingBox()];
  assert.ok(box.x >= view.x && box.x + box.width <= view.x + view.width && box.y >= view.y, "inside the view");
  const bar = await page.getByRole("toolbar").boundingBox();
  assert.ok(box.y + box.height <= bar.y + 20, "not over the buttons");
}

async function shortcuts(page) {
  const mirror = button(page, text, "live.mirror");
  const pressed = await mirror.getAttribute("aria-pressed");
  await page.keyboard.press("M");
  await page.waitForFunction(([label, before]) => document.querySelector(`[aria-label="${label}"]`).getAttribute("aria-pressed") !== before, [text("live.mirror"), pressed]);
  await page.keyboard.press("o");
  await page.getByRole("dialog", { name: text("live.overlays") }).waitFor();
  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: text("shortcut.title") });
  await help.waitFor();
  assert.equal(await help.locator("kbd").count(), 8);
  await assertAccessible(page, "shortcuts");
  await assertFits(page, "shortcuts");
  await help.getByLabel(text("shortcut.enabled")).uncheck();
  await page.keyboard.press("Escape");
  await help.waitFor({ state: "detached" });
  await page.keyboard.press("o");
  await page.waitForTimeout(200);
  assert.equal(await page.getByRole("dialog").count(), 0, "keys that are switched off do nothing");
}
