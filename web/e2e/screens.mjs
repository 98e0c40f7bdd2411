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
/** A small phone, a usual one, a tablet, a laptop. */
export const WIDTHS = [360, 390, 768, 1280];

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

/** Waits until three seconds of a face at rest are over, and accepts a smile too; `questioned` is called while it is asked about. */
export async function acceptRest(page, text, next, questioned = async () => undefined) {
  const anyway = button(page, text, "rest.anyway");
  await anyway.or(next).first().waitFor();
  if (await anyway.isVisible()) {
    await questioned();
    await anyway.click();
  }
  await next.waitFor();
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

/** What does not fit at any of the widths that people have, as texts; `shoot` gets each width. */
export async function layoutProblems(page, state, shoot = async () => undefined) {
  const before = page.viewportSize();
  const problems = [];
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 844 });
    problems.push(...(await page.evaluate(misplaced)).map((problem) => `${state} at ${width} px: ${problem}`));
    await shoot(width);
  }
  await page.setViewportSize(before);
  return problems;
}

/** Runs in the page: what is cut off or covered, as text. */
function misplaced() {
  const EDGE_PX = 4; // text that touches the screen's edge is hard to read
  const wide = document.documentElement.clientWidth;
  const main = document.querySelector("main");
  const problems = main.scrollWidth > wide ? [`main is ${main.scrollWidth} px wide in ${wide}`] : [];
  const shown = (element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest(".visually-hidden, .skip, .scroll");
  const name = (element) => !element ? "the view" : `${element.tagName.toLowerCase()} "${(element.getAttribute("aria-label") ?? element.textContent).trim().slice(0, 40)}"`;
  const all = (selector) => [...document.querySelectorAll(selector)].filter(shown);
  const between = (one, [left, right]) => one.left >= left - 0.5 && one.right <= right + 0.5;
  const reached = all("button, a[href], select, input, summary");
  for (const element of [...reached, ...all("h1, h2, h3, p, th, td, label")]) {
    const rect = element.getBoundingClientRect();
    if (!between(rect, [0, wide])) problems.push(`${name(element)} lies from ${rect.left.toFixed(0)} to ${rect.right.toFixed(0)} in ${wide}`);
    if (element.matches("button, a.button") && element.scrollWidth > element.clientWidth + 1) problems.push(`${name(element)} is cut off`);
  }
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (!node.textContent.trim() || !shown(parent) || parent.closest("script, style, option, svg, .plot")) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const box = parent.closest("button, a.button, td, th, .card, .notice");
    const word = /^\S+$/.test(node.textContent.trim());
    if (word && range.getClientRects().length > 1) problems.push(`the word "${node.textContent.trim()}" is broken`);
    const limits = box?.getBoundingClientRect() ?? { left: 0, right: wide };
    for (const rect of range.getClientRects()) {
      if (!between(rect, [EDGE_PX, wide - EDGE_PX])) problems.push(`text "${node.textContent.trim()}" touches the edge: ${rect.left.toFixed(0)} to ${rect.right.toFixed(0)} in ${wide}`);
      if (!between(rect, [limits.left + (box ? 2 : 0), limits.right - (box ? 2 : 0)])) problems.push(`text "${node.textContent.trim()}" runs out of ${name(box)}`);
    }
  }
  for (const row of all("[role=tablist], nav ul")) {
    const tops = [...row.children].map((element) => Math.round(element.getBoundingClientRect().top));
    if (new Set(tops).size > 1) problems.push(`${name(row)} is broken into several rows`);
  }
  const bars = all("[role=toolbar] button, nav li a > span:not(.badge)").map((element) => [element, element.getBoundingClientRect()]);
  bars.forEach(([a, one], i) => {
    for (const [b, other] of bars.slice(i + 1)) {
      const apart = one.right <= other.left + 0.5 || other.right <= one.left + 0.5 || one.bottom <= other.top || other.bottom <= one.top;
      if (!apart) problems.push(`${name(a)} covers ${name(b)}`);
    }
  });
  return [...new Set(problems)];
}
