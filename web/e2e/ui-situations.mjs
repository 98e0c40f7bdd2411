// @ts-nocheck: run by Node as it is
/**
 * One person before the fake camera, in situations that cameras meet, on the Live screen of `emoar serve`: one face,
 * never two, and its expression is announced. Usage: node e2e/ui-situations.mjs [NAME…] (after a build); EMOAR_SHOTS=folder keeps pictures
 */

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { openBrowser } from "./browser.mjs";
import { situations } from "./build.mjs";
import { listen } from "./probe.mjs";
import { LAPTOP, startCamera, textsIn } from "./screens.mjs";
import { serveBuilt } from "./ui-browser.mjs";

const PHONE = { width: 390, height: 844 };
/** By clip: the view, and what is announced after a while; null where the face is partly outside for part of the time. */
const EXPECTED = {
  far: { viewport: LAPTOP, expression: "expression.neutral" },
  edge: { viewport: LAPTOP, expression: null },
  upright: { viewport: PHONE, expression: "expression.neutral" },
};
const SCENES = 25;
const SHOTS = process.env.EMOAR_SHOTS;
const text = textsIn("en");
const given = process.argv.slice(2);
const { folder } = situations();
if (SHOTS) mkdirSync(SHOTS, { recursive: true });

const server = await serveBuilt();
try {
  for (const name of Object.keys(EXPECTED).filter((one) => given.length === 0 || given.includes(one))) await live(name, EXPECTED[name]);
  console.log("situations: one person is one face");
} finally {
  await server.close();
}

async function live(name, { viewport, expression }) {
  const { context, close } = await openBrowser({ clip: join(folder, `${name}.mjpeg`), options: { viewport, locale: "en-GB" } });
  try {
    const page = await context.newPage();
    const errors = [];
    page.on("pageerror", (error) => errors.push(error.message));
    await page.addInitScript(listen);
    await page.goto(server.url);
    await startCamera(page);
    await page.waitForFunction((count) => window.probe.scenes.length >= count, SCENES);
    if (expression) await page.locator("[aria-live=polite]").filter({ hasText: text(expression) }).waitFor({ state: "attached" });
    if (SHOTS) await page.screenshot({ path: join(SHOTS, `situation-${name}.png`) });
    const counts = await page.evaluate(() => window.probe.scenes.map(({ ids }) => ids.length));
    assert.deepEqual(counts.filter((count) => count > 1), [], `${name}: scenes with more than one face, of ${counts.length}`);
    assert.deepEqual(errors, []);
    console.log(`${name}: one face in ${counts.filter((count) => count === 1).length} of ${counts.length} scenes`);
  } finally {
    await close();
  }
}
