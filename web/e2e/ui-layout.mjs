// @ts-nocheck: run by Node as it is
/**
 * The layout of every screen before anything happens, at four widths and in every language: nothing is cut off, runs out of
 * its box, touches the screen's edge or breaks into a second row. Usage: node e2e/ui-layout.mjs (after a build);
 * EMOAR_SHOTS=folder keeps pictures
 */

import assert from "node:assert/strict";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { layoutProblems, WIDTHS } from "./screens.mjs";
import { openBrowser, serveBuilt, WEB } from "./ui-browser.mjs";

const TABS = ["make", "quiz"];
const SHOTS = process.env.EMOAR_SHOTS;
if (SHOTS) mkdirSync(SHOTS, { recursive: true });

const languages = readdirSync(join(WEB, "messages")).map((file) => file.replace(".json", ""));
const server = await serveBuilt();
try {
  for (const language of languages) await inLanguage(language);
} finally {
  await server.close();
}

async function inLanguage(language) {
  const { browser, close } = await openBrowser({ camera: false, context: { locale: language, viewport: { width: WIDTHS[0], height: 844 } } });
  try {
    const page = await browser.newPage();
    const problems = [];
    for (const screen of ["live", "photo", "learn", "teach", "session", "about"]) {
      await page.goto(`${server.url}#/${screen}`);
      await page.locator(`nav a[href="#/${screen}"][aria-current=page]`).waitFor();
      problems.push(...(await check(page, `${screen}-${language}`)));
      for (const tab of screen === "learn" ? TABS : []) {
        await page.locator(`#tab-${tab}`).click();
        problems.push(...(await check(page, `learn-${tab}-${language}`)));
      }
    }
    assert.deepEqual(problems, []);
    console.log(`layout: nothing on any screen at ${WIDTHS.join(", ")} px, ${language}`);
  } finally {
    await close();
  }
}

async function check(page, state) {
  return layoutProblems(page, state, async (width) => {
    if (SHOTS) await page.screenshot({ path: join(SHOTS, `${state}-${width}.png`) });
  });
}
