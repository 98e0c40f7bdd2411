// @ts-nocheck: run by Node as it is
/**
 * Checks axe and the layout in active states: faces in view, each panel open, recording, paused, a face made, a quiz
 * answered, a session running and ended, a photo with its result. In both schemes, at 360 px and at a laptop's width,
 * in every language. Usage: node e2e/ui-states.mjs [LANGUAGE…] [live|learn|session|photo…]
 * (after `npm run build`); EMOAR_SHOTS=folder keeps pictures
 */

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { cameraClip, goldenPictures } from "./build.mjs";
import { acceptRest, assertAccessible, assertFits, button, LAPTOP, PHONE, textsIn, startCamera } from "./screens.mjs";
import { openBrowser, serveBuilt } from "./ui-browser.mjs";

const LOCALES = { en: "en-GB", de: "de-DE" };
const SHOTS = process.env.EMOAR_SHOTS;
const PARTS = { live, learn, session, photo: photoResult };
const given = process.argv.slice(2);
const named = (all) => (given.some((name) => all.includes(name)) ? all.filter((one) => given.includes(one)) : all);
const clip = cameraClip().path;
const picture = join(goldenPictures(), "two.png");
if (SHOTS) mkdirSync(SHOTS, { recursive: true });

const server = await serveBuilt();
try {
  for (const language of named(Object.keys(LOCALES))) await inLanguage(language);
} finally {
  await server.close();
}

async function inLanguage(language) {
  const { browser, close } = await openBrowser({ clip, context: { viewport: LAPTOP, locale: LOCALES[language] } });
  try {
    const page = await browser.newPage();
    const text = textsIn(language);
    let states = 0;
    const inspect = async (state) => {
      states++;
      await checkFourTimes(page, `${state}-${language}`);
    };
    const press = (key) => button(page, text, key).click();
    for (const part of named(Object.keys(PARTS))) await PARTS[part](page, text, press, inspect);
    console.log(`axe and layout: nothing in ${states} states, four times each, ${language}`);
  } finally {
    await close();
  }
}

/** Checks the current state in both schemes and at both sizes. */
async function checkFourTimes(page, state) {
  for (const [size, viewport] of Object.entries({ laptop: LAPTOP, phone: PHONE })) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      await page.waitForTimeout(120);
      const where = `${state}-${size}-${colorScheme}`;
      if (SHOTS && colorScheme === (size === "phone" ? "dark" : "light")) await page.screenshot({ path: join(SHOTS, `${where}.png`) });
      await assertAccessible(page, where);
      await assertFits(page, where);
    }
  }
  await page.setViewportSize(LAPTOP);
}

/** Asserts that both checks detect errors: a button without a name, and one outside the view. */
async function sees(page) {
  const wrong = await page.evaluateHandle(() => {
    const element = document.createElement("button");
    element.style.cssText = "position: fixed; top: 0; right: -20px; width: 60px; height: 40px";
    return document.querySelector("main").appendChild(element);
  });
  await assert.rejects(() => assertAccessible(page, "a button without a name"), /button-name/);
  await assert.rejects(() => assertFits(page, "a button outside"), /lies from/);
  await wrong.evaluate((element) => element.remove());
}

async function live(page, text, press, inspect) {
  await page.goto(`${server.url}#/live`);
  await startCamera(page);
  await page.waitForTimeout(3000); // content loads and its animation ends
  await sees(page);
  await inspect("live");
  await press("live.overlays");
  await inspect("overlays");
  await press("live.settings");
  await page.getByLabel(text("settings.stats")).check();
  await page.getByRole("table", { name: text("settings.stats") }).waitFor();
  await page.getByRole("combobox", { name: text("settings.pack") }).selectOption({ index: 0 });
  await page.getByRole("combobox", { name: text("settings.camera") }).selectOption({ index: 0 });
  await inspect("settings-stats");
  await page.keyboard.press("Escape");
  await press("live.record");
  await page.getByRole("status").filter({ hasText: text("live.recording") }).waitFor();
  await inspect("recording-stats");
  await press("live.record_stop");
  await page.locator("video").waitFor();
  await inspect("film");
  await press("result.discard");
  await press("live.pause");
  await inspect("paused");
  await press("live.snapshot");
  await page.getByRole("img", { name: text("result.alt") }).waitFor();
  await inspect("snapshot");
  await press("result.discard");
}

async function learn(page, text, press, inspect) {
  await page.goto(`${server.url}#/learn`);
  await page.locator("#tab-make").click();
  await startCamera(page);
  await inspect("make-before");
  await press("learn.neutral_begin");
  await acceptRest(page, text, page.locator(".cues"));
  await inspect("make");
  await page.locator("#tab-quiz").click();
  await inspect("quiz");
  const choices = page.getByRole("group", { name: text("quiz.question") }).getByRole("button");
  const next = button(page, text, "quiz.next");
  for (let i = 0; i < (await choices.count()) && !(await next.isVisible()); i++) {
    await choices.nth(i).click();
    if (i === 0) await inspect("quiz-tried");
  }
  await next.waitFor();
  await inspect("quiz-answered");
}

async function session(page, text, press, inspect) {
  await page.goto(`${server.url}#/session`);
  await startCamera(page);
  await press("session.begin");
  await inspect("session-neutral");
  const skip = button(page, text, "session.skip_neutral");
  const anyway = button(page, text, "rest.anyway");
  if (await anyway.isVisible()) await inspect("session-rest");
  await (await anyway.isVisible() ? anyway : skip).click();
  await page.getByRole("timer").waitFor();
  await page.getByLabel(text("session.marker")).fill("2");
  await press("session.set_marker");
  await page.waitForTimeout(3000);
  await inspect("session-running");
  await press("session.end");
  await page.getByRole("table", { name: text("session.summary") }).waitFor();
  await inspect("session-ended");
  await press("session.delete");
  await inspect("session-delete");
  await press("session.delete_sure");
}

async function photoResult(page, _text, _press, inspect) {
  await page.goto(`${server.url}#/photo`);
  await page.locator("input[type=file]").first().setInputFiles(picture);
  await page.locator(".result .sticker").first().click({ timeout: 120_000 });
  await page.waitForTimeout(2500);
  await page.locator("details summary").click();
  await inspect("photo");
}
