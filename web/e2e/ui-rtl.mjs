// @ts-nocheck: run by Node as it is
/**
 * A language that is read from right to left: every screen and the live picture, the layout checked, and axe content.
 * (How a label is drawn is in `labelArt.test.ts`.) Usage: node e2e/ui-rtl.mjs; EMOAR_SHOTS=folder keeps pictures
 *
 * The app is built with made-up messages in place of German: English, letter by letter in Hebrew script. It is no
 * real language, but has the length of one and runs from right to left.
 */

import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "vite";

import { cameraClip, goldenPictures, OUT } from "./build.mjs";
import { assertAccessible, assertFits, button, LAPTOP, layoutProblems, PHONE, startCamera } from "./screens.mjs";
import { openBrowser, serveBuilt, WEB } from "./ui-browser.mjs";

const SHOTS = process.env.EMOAR_SHOTS;
const LETTERS = "אבגדהוזחטיכלמנסעפצקרשתאבגד";
const english = JSON.parse(readFileSync(join(WEB, "messages/en.json"), "utf8"));
const messages = Object.fromEntries(Object.entries(english).map(([key, text]) => [key, inHebrewLetters(text)]));
Object.assign(messages, { "language.name": inHebrewLetters("Pseudo"), "language.direction": "rtl" });
const text = (key) => messages[key];

/** Replaces letters; placeholders such as {count}, addresses and commands stay. */
function inHebrewLetters(text) {
  return text.replace(/\{\w+\}|[a-z]/gi, (part) => (part.length > 1 ? part : LETTERS[part.toLowerCase().charCodeAt(0) - 97]));
}

const folder = join(OUT, "rtl");
if (SHOTS) mkdirSync(SHOTS, { recursive: true });
await build({
  root: WEB,
  configFile: join(WEB, "vite.config.ts"),
  logLevel: "error",
  build: { outDir: folder },
  plugins: [{ name: "made-up messages", enforce: "pre", load: (id) => (id.endsWith("/messages/de.json") ? JSON.stringify(messages) : null) }],
});
const server = await serveBuilt(folder);
const { browser, close } = await openBrowser({ clip: cameraClip().path, context: { viewport: LAPTOP, locale: "de-DE" } });
try {
  const page = await browser.newPage();
  await page.goto(server.url);
  assert.equal(await page.evaluate(() => document.documentElement.dir), "rtl");
  await live(page);
  for (const screen of ["photo", "learn", "session", "about"]) {
    await page.goto(`${server.url}#/${screen}`);
    await page.waitForTimeout(400);
    await inspect(page, screen);
    assert.deepEqual(await layoutProblems(page, `${screen} from right to left`), []);
  }
  await photo(page);
  await session(page);
  console.log("right to left: nothing is cut off, and bars and buttons are on their sides");
} finally {
  await close();
  await server.close();
}

/** Asserts at both sizes that nothing is outside the view or cut off, and that axe finds no violation. */
async function inspect(page, state) {
  for (const [size, viewport] of Object.entries({ laptop: LAPTOP, phone: PHONE })) {
    await page.setViewportSize(viewport);
    await page.waitForTimeout(150);
    if (SHOTS) await page.screenshot({ path: join(SHOTS, `rtl-${state}-${size}.png`) });
    await assertAccessible(page, `${state} from right to left`);
    await assertFits(page, `${state} from right to left, ${size}`);
  }
  await page.setViewportSize(LAPTOP);
}

async function live(page) {
  await inspect(page, "start");
  await startCamera(page);
  await button(page, text, "live.overlays").click();
  await button(page, text, "overlay.bars").click();
  await page.waitForTimeout(3000);
  await inspect(page, "overlays");
  await page.keyboard.press("Escape");
  await inspect(page, "live");
  const [overlays, settings] = await Promise.all(["live.overlays", "live.settings"].map((key) => button(page, text, key).boundingBox()));
  assert.ok(overlays.x > LAPTOP.width - 100 && settings.x < 100, "the toolbar begins on the right");
}

async function photo(page) {
  await page.goto(`${server.url}#/photo`);
  await page.locator("input[type=file]").first().setInputFiles(join(goldenPictures(), "two.png"));
  await page.locator(".result .sticker").first().waitFor();
  await page.waitForTimeout(2500);
  await inspect(page, "photo-result");
  const [track, bar] = await page.locator(".faces section").first().evaluate((section) => {
    const row = section.querySelector(".track");
    return [row, row.firstElementChild].map((element) => element.getBoundingClientRect().right);
  });
  assert.ok(Math.abs(track - bar) < 1.5, `bars grow from the right: ${bar} of ${track}`);
}

async function session(page) {
  await page.goto(`${server.url}#/session`);
  await startCamera(page);
  await button(page, text, "session.begin").click();
  await button(page, text, "session.skip_neutral").or(button(page, text, "rest.anyway")).first().click(); // three seconds may be over
  await page.getByRole("timer").waitFor();
  await page.waitForTimeout(2500);
  await button(page, text, "session.end").click();
  await inspect(page, "session-ended");
}
