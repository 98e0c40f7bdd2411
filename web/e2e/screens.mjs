// @ts-nocheck: run by Node as it is
/** Shared by the tests of the screens: texts by key, starting the camera, and the checks that every state must pass. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

import { WEB } from "./ui-browser.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
export const PHONE = { width: 360, height: 740 };
export const LAPTOP = { width: 1280, height: 800 };

/** The texts of a language: `text("live.start")`. */
export function textsIn(language) {
  const messages = JSON.parse(readFileSync(join(WEB, `messages/${language}.json`), "utf8"));
  return (key) => {
    assert.ok(key in messages, `there is no message ${key}`);
    return messages[key];
  };
}

/** A button by its key, as a screen reader names it. */
export function button(page, text, key) {
  return page.getByRole("button", { name: text(key), exact: true });
}

/** Gives consent and waits for the first face. */
export async function startCamera(page) {
  await page.locator(".before button.primary").click();
  await page.waitForFunction(() => Number(document.querySelector(".view")?.dataset.faces) > 0, null, { timeout: 120_000 });
}

/** Asserts that axe finds no violation in the current state of the page. */
export async function assertAccessible(page, where) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`);
  assert.deepEqual(told, [], `axe on ${where}`);
}

/** Asserts that nothing scrolls sideways, no text or control lies outside the view, and no two buttons overlap. */
export async function assertFits(page, where) {
  assert.deepEqual(await page.evaluate(misplaced), [], `layout of ${where}`);
}

/** Runs in the page: what is cut off or covered, as text. */
function misplaced() {
  const wide = document.documentElement.clientWidth;
  const main = document.querySelector("main");
  const problems = main.scrollWidth > wide ? [`main is ${main.scrollWidth} px wide in ${wide}`] : [];
  const shown = (element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest(".visually-hidden, .skip, .scroll");
  const name = (element) => `${element.tagName.toLowerCase()} "${(element.getAttribute("aria-label") ?? element.textContent).trim().slice(0, 40)}"`;
  const reached = [...document.querySelectorAll("button, a[href], select, input, summary")].filter(shown);
  for (const element of [...reached, ...[...document.querySelectorAll("h1, h2, h3, p, th, td, label")].filter(shown)]) {
    const { left, right } = element.getBoundingClientRect();
    if (left < -0.5 || right > wide + 0.5) problems.push(`${name(element)} lies from ${left.toFixed(0)} to ${right.toFixed(0)} in ${wide}`);
    if (element.matches("button, a.button") && element.scrollWidth > element.clientWidth + 1) problems.push(`${name(element)} is cut off`);
  }
  const bar = [...document.querySelectorAll("[role=toolbar] button")].filter(shown).map((element) => [element, element.getBoundingClientRect()]);
  bar.forEach(([a, one], i) => {
    for (const [b, other] of bar.slice(i + 1)) {
      const apart = one.right <= other.left + 0.5 || other.right <= one.left + 0.5 || one.bottom <= other.top || other.bottom <= one.top;
      if (!apart) problems.push(`${name(a)} covers ${name(b)}`);
    }
  });
  return problems;
}
