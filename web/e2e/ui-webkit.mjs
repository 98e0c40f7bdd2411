// @ts-nocheck: run by Node as it is
/**
 * The built app in WebKit, the engine of every browser on an iPhone: live with two faces, a picture, a film, a photo, a
 * session, Teach and Learn, at the sizes of phones, from a host with and without isolation; no error on the console.
 * Usage: node e2e/ui-webkit.mjs (after a build); EMOAR_SHOTS=folder keeps pictures
 */

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { goldenPictures } from "./build.mjs";
import { assertFits, textsIn } from "./screens.mjs";
import { serve } from "./serve.mjs";
import { WEB } from "./ui-browser.mjs";
import { missingWebkit, openWebkit } from "./webkit.mjs";

/** iPhones SE, 15 and 15 Pro Max, upright, and the last one turned. */
const PHONES = [
  { width: 375, height: 667 },
  { width: 393, height: 852 },
  { width: 430, height: 932 },
  { width: 932, height: 430 },
];
const SCREENS = ["live", "photo", "learn", "teach", "session", "about"];
const SHOTS = process.env.EMOAR_SHOTS;
if (SHOTS) mkdirSync(SHOTS, { recursive: true });

const missing = missingWebkit();
if (missing) {
  console.error(`skipped: ${missing}`);
  process.exit(process.env.REQUIRE_BROWSER ? 1 : 0);
}
const text = textsIn("en");
const { page, close } = await openWebkit();
try {
  for (const isolated of [true, false]) {
    const server = await serve({ "/": process.env.EMOAR_SITE ?? join(WEB, "dist"), "/pictures/": goldenPictures() }, { isolated });
    try {
      await page.goto(server.url);
      await page.evaluate(standIn);
      assert.equal(await page.evaluate(() => crossOriginIsolated), isolated);
      await live();
      await photo();
      await session();
      await teach();
      await learn();
      if (isolated) await phones();
      await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
      assert.deepEqual(await page.evaluate(() => window.seen.errors), [], "errors on the console");
    } finally {
      server.close();
    }
  }
  console.log("webkit: every screen works, isolated or not, and fits the sizes of iPhones");
} finally {
  await close();
}

/** Runs in the page: a moving picture of two people in place of the camera; notes errors and the files that are offered. */
async function standIn() {
  window.seen = { errors: [], blobs: [] };
  const told = console.error;
  console.error = (...words) => (window.seen.errors.push(words.map(String).join(" ")), told(...words));
  addEventListener("error", ({ message }) => window.seen.errors.push(message));
  addEventListener("unhandledrejection", ({ reason }) => window.seen.errors.push(String(reason)));
  const address = URL.createObjectURL;
  URL.createObjectURL = (blob) => (window.seen.blobs.push(blob), address.call(URL, blob));
  const people = new Image();
  people.src = "/pictures/two.png";
  await people.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: people.width, height: people.height });
  const context = canvas.getContext("2d");
  const show = () => (context.clearRect(0, 0, canvas.width, canvas.height), context.drawImage(people, 8 * Math.sin(performance.now() / 1000), 0));
  show();
  setInterval(show, 33);
  MediaDevices.prototype.getUserMedia = async () => canvas.captureStream(30); // of the prototype: WebKit may drop what is set on the object
}

/** The view of a screen shows two faces. */
function twoFaces() {
  return page.waitForFunction(() => document.querySelector("[data-faces]")?.dataset.faces === "2");
}

/** Goes to a screen. */
async function visit(screen) {
  await page.evaluate((name) => void (location.hash = `#/${name}`), screen);
  await page.waitForFunction((name) => document.querySelector(`nav a[href='#/${name}'][aria-current]`) !== null, screen);
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(true))))); // painted
}

/** What the browser shows of a blob of a kind: the width of the picture or film, or null where there is none. */
async function widthOf(kind) {
  return page.evaluate(async (wanted) => {
    const blob = window.seen.blobs.findLast(({ type }) => type.startsWith(wanted));
    return blob ? (await createImageBitmap(blob)).width : null;
  }, kind);
}

async function live() {
  await page.click(".before button.primary");
  await twoFaces();
  await shoot("live");
  await page.click(".shutter");
  await page.waitForFunction(() => window.seen.blobs.some(({ type, size }) => type === "image/png" && size > 50_000));
  assert.ok((await widthOf("image/png")) >= 640, "the snapshot can be decoded");
  await page.click(".sheet .close");
  await page.click(".round.rec");
  await film();
}

/** A film that can be played, or, where the engine has no encoder, a message: never an empty file. */
async function film() {
  const words = text("error.recording");
  const refused = () => page.evaluate((message) => document.querySelector("main").innerText.includes(message), words);
  await new Promise((resolve) => setTimeout(resolve, 2500));
  if (!(await refused())) await page.click(".round.rec");
  await page.waitForFunction((message) => {
    const refused = document.querySelector("main").innerText.includes(message);
    return refused || window.seen.blobs.some(({ type, size }) => type.startsWith("video/") && size > 10_000);
  }, words);
  await shoot("film");
  const films = await page.evaluate(() => window.seen.blobs.filter(({ type }) => type.startsWith("video/")).map(({ size }) => size));
  assert.ok((await refused()) || films.every((size) => size > 10_000), "a film is never empty");
}

async function photo() {
  await visit("photo");
  await page.evaluate(async () => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([await (await fetch("/pictures/two.png")).blob()], "two.png", { type: "image/png" }));
    const input = document.querySelector("input[type=file]");
    input.files = transfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  await page.waitForFunction(() => document.querySelectorAll(".faces .card, .faces > *").length >= 2);
  await shoot("photo");
}

async function session() {
  await visit("session");
  await page.click(".before button.primary");
  await twoFaces();
  await shoot("session");
}

async function teach() {
  await visit("teach");
  await page.click(".before button.primary");
  await twoFaces();
  await page.waitForFunction((label) => document.querySelector("main").innerText.includes(label), text("teach.take").replace(/\{.*/, "").trim());
  await shoot("teach");
}

async function learn() {
  await visit("learn");
  await page.waitForFunction(() => document.querySelectorAll("main .choice svg").length >= 7);
  await shoot("learn");
}

async function phones() {
  for (const size of PHONES) {
    await page.setViewportSize(size);
    for (const screen of SCREENS) {
      await visit(screen);
      await shoot(`${screen}-${size.width}`);
      await assertFits(page, `${screen} at ${size.width} x ${size.height}`);
    }
  }
  await page.setViewportSize({ width: 1024, height: 730 });
}

async function shoot(name) {
  if (SHOTS) await page.screenshot(join(SHOTS, `webkit-${name}.png`));
}
