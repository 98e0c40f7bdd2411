// @ts-nocheck: run by Node as it is
/** Draws the PNG icons from `public/icons/icon.svg`: `node scripts/icons.mjs` after the SVG has changed. */

import { readFileSync, writeFileSync } from "node:fs";
import { chromium } from "playwright-core";

const folder = new URL("../public/icons/", import.meta.url);
const svg = readFileSync(new URL("icon.svg", folder), "utf8");
// a mask may cut off everything outside the middle 80 %: the background fills the square, the drawing is smaller
const maskable = svg
  .replace('rx="112"', "")
  .replace('<path d="M256 70', '<g transform="translate(256 256) scale(0.78) translate(-256 -256)"><path d="M256 70')
  .replace("</svg>", "</g></svg>");

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});
const page = await browser.newPage();
for (const [name, side, source] of [
  ["icon-192.png", 192, svg],
  ["icon-512.png", 512, svg],
  ["icon-maskable-512.png", 512, maskable],
]) {
  await page.setViewportSize({ width: side, height: side });
  await page.setContent(`<style>body{margin:0}svg{display:block;width:${side}px;height:${side}px}</style>${source}`);
  writeFileSync(new URL(name, folder), await page.screenshot({ omitBackground: true }));
}
await browser.close();
