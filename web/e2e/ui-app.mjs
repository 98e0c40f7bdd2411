// @ts-nocheck: run by Node as it is
/**
 * The screens as visitors use them: a denied camera, snapshot and film as real files, photo, session and quiz, and axe
 * on every screen in both colour schemes (`ui-states.mjs`: while something goes on). Usage: node e2e/ui-app.mjs (after `npm run build`)
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { openBrowser as openPlain } from "./browser.mjs";
import { cameraClip, goldenPictures } from "./build.mjs";
import { acceptRest, assertAccessible, assertFits, startCamera, textsIn } from "./screens.mjs";
import { openBrowser, serveBuilt } from "./ui-browser.mjs";

const SCREENS = ["live", "photo", "learn", "teach", "session", "about"];
const server = await serveBuilt();
const clip = cameraClip().path;

try {
  await denied();
  await withCamera();
  await photo();
  await accessible("light", { width: 390, height: 844 });
  await accessible("dark", { width: 1280, height: 800 });
  await inGerman();
  console.log("screens: a denied camera, files, photo, session and accessibility are right");
} finally {
  await server.close();
}

async function denied() {
  const { context, close } = await openPlain({ camera: "denied" });
  const page = await context.newPage();
  await page.goto(server.url);
  await page.click("button.primary");
  const alert = page.getByRole("alert");
  await alert.waitFor();
  assert.match(await alert.innerText(), /Allow it/, "a denied camera's message explains how to allow it");
  assert.ok(await page.getByRole("button", { name: "Try again" }).isVisible());
  assert.ok(await page.getByRole("link", { name: "Use a photo instead" }).isVisible());
  await close();
  console.log("denied: has a message and two ways out");
}

async function withCamera() {
  const { browser, close } = await openBrowser({ clip, context: { viewport: { width: 960, height: 640 }, acceptDownloads: true } });
  const page = await browser.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(error.message));
  await page.goto(server.url);
  await start(page);
  await page.getByRole("button", { name: "Take a picture" }).click();
  const picture = await saved(page);
  assert.deepEqual([...picture.subarray(1, 4)], [...Buffer.from("PNG")], "a snapshot is a PNG");
  assert.ok(picture.readUInt32BE(16) > 300 && picture.length > 20_000, "of the picture, not of nothing");
  assert.ok(await showsPaper(page, picture), "with the quote's bubble in it");
  await page.getByRole("button", { name: "Discard" }).click();
  await film(page);
  await session(page);
  assert.deepEqual(errors, []);
  await close();
}

async function start(page) {
  await startCamera(page);
  await page.waitForTimeout(4000); // content loads and its animation ends
}

async function saved(page) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save" }).click()]);
  return readFileSync(await download.path());
}

/** Whether many pixels have the colour of the bubble's paper. */
function showsPaper(page, png) {
  return page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const pen = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
    pen.drawImage(bitmap, 0, 0);
    const { data } = pen.getImageData(0, 0, bitmap.width, bitmap.height);
    let paper = 0;
    for (let i = 0; i < data.length; i += 4) if (data[i] === 252 && data[i + 1] === 251 && data[i + 2] === 247) paper++;
    return paper > 1500;
  }, png.toString("base64"));
}

async function film(page) {
  await page.getByRole("button", { name: "Record a film" }).click();
  await page.waitForTimeout(4000);
  await page.getByRole("button", { name: "End the film" }).click();
  const bytes = await saved(page);
  const webm = bytes.readUInt32BE(0) === 0x1a45dfa3;
  const mp4 = bytes.subarray(4, 8).toString() === "ftyp";
  assert.ok(webm || mp4, "a film is WebM or MP4");
  const video = page.locator("video");
  const [width, frames] = await video.evaluate(async (element) => {
    await element.play();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    return [element.videoWidth, element.getVideoPlaybackQuality().totalVideoFrames];
  });
  assert.ok(width > 300 && frames > 5, `it plays: ${width} px wide, ${frames} frames in 1.5 s`);
  await page.getByRole("button", { name: "Discard" }).click();
  console.log(`film: ${webm ? "WebM" : "MP4"}, ${(bytes.length / 1000).toFixed(0)} kB`);
}

async function session(page) {
  await page.goto(`${server.url}#/session`);
  await start(page);
  await page.getByRole("button", { name: "Begin", exact: true }).click();
  await acceptRest(page, textsIn("en"), page.getByRole("timer"));
  await page.waitForTimeout(2500);
  await page.getByLabel("Marker", { exact: true }).fill("question 2");
  await page.getByRole("button", { name: "Set" }).click();
  await page.waitForTimeout(2500);
  await page.getByRole("button", { name: "End" }).click();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "CSV" }).click()]);
  const rows = readFileSync(await download.path(), "utf8").trim().split("\r\n");
  assert.ok(rows.length > 10 && rows.some((row) => row.includes("question 2")), `samples and marker in the file: ${rows.length} rows`);
  assert.ok(await page.getByRole("table").isVisible());
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("button", { name: "Yes, delete it all" }).click();
  assert.equal(await page.getByRole("table").count(), 0, "deleted is deleted");
  console.log(`session: ${rows.length - 1} samples`);
}

async function photo() {
  const { browser, close } = await openBrowser({ camera: false, context: { viewport: { width: 1100, height: 800 } } });
  const page = await browser.newPage();
  await page.goto(`${server.url}#/photo`);
  await page.locator("input[type=file]").first().setInputFiles(join(goldenPictures(), "two.png"));
  await page.getByText("Faces found: 2").waitFor({ timeout: 90_000 });
  const heading = await page.locator("section h2").first().innerText();
  assert.match(heading, /looks neutral|looks happy|unsure/, heading);
  await page.locator(".sticker").first().click();
  await page.locator("input[type=file]").first().setInputFiles({ name: "no.png", mimeType: "image/png", buffer: Buffer.from("no picture") });
  assert.match(await page.getByRole("alert").innerText(), /not a picture/);
  await close();
  console.log(`photo: two faces, the first ${heading.replace(/\s+/g, " ")}`);
}

async function accessible(colorScheme, viewport) {
  const { browser, close } = await openBrowser({ camera: false, context: { viewport, colorScheme } });
  const page = await browser.newPage();
  for (const screen of SCREENS) {
    await page.goto(`${server.url}#/${screen}`);
    await page.waitForTimeout(400);
    await assertAccessible(page, `${screen}, ${colorScheme}`);
    await assertFits(page, `${screen} at ${viewport.width} px`);
  }
  await page.goto(`${server.url}#/learn`);
  for (const tab of ["make", "quiz"]) {
    await page.locator(`#tab-${tab}`).click();
    await assertAccessible(page, `learn ${tab}, ${colorScheme}`);
  }
  await page.setViewportSize({ width: 360, height: 640 });
  for (const screen of SCREENS) {
    await page.goto(`${server.url}#/${screen}`);
    await page.waitForTimeout(200);
    await assertFits(page, `${screen} at 360 px`);
  }
  await close();
  console.log(`axe: nothing on ${SCREENS.length} screens, ${colorScheme}`);
}

async function inGerman() {
  const { browser, close } = await openBrowser({ camera: false, context: { locale: "de-DE" } });
  const page = await browser.newPage();
  await page.goto(server.url);
  assert.ok(await page.getByRole("button", { name: "Kamera starten" }).isVisible());
  assert.equal(await page.evaluate(() => document.documentElement.lang), "de");
  await close();
}
