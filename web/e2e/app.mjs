/**
 * Tests the built app: what the first visit fetches, that the camera opens only after consent, that no request leaves the
 * origin, and that the next visit works without a network. Usage: node e2e/app.mjs [--no-build]
 */

import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { WEB } from "../scripts/files.mjs";
import { openBrowser } from "./browser.mjs";
import { cameraClip } from "./build.mjs";
import { Report } from "./report.mjs";
import { serve } from "./serve.mjs";

const DIST = join(WEB, "dist");
if (!process.argv.includes("--no-build") || !existsSync(DIST)) {
  execFileSync("npm", ["run", "--silent", "build"], { cwd: WEB, stdio: ["ignore", "ignore", "inherit"] });
}
const report = new Report();
const scripts = readdirSync(join(DIST, "assets")).filter((name) => name.endsWith(".js"));
const compressed = scripts.reduce((sum, name) => sum + gzipSync(readFileSync(join(DIST, "assets", name))).length, 0);
report.check("JavaScript of the app, compressed", compressed / 1000, "<=", 600, "kB");

const server = await serve({ "/app/": DIST }); // in a subfolder: the app works in any folder of any host
const { context, close } = await openBrowser({ clip: cameraClip().path });
try {
  const page = await context.newPage();
  report.watch(page, server.url);
  await page.addInitScript(() => {
    const { mediaDevices } = navigator;
    const original = mediaDevices.getUserMedia.bind(mediaDevices);
    window.cameraRequests = 0;
    mediaDevices.getUserMedia = (constraints) => {
      window.cameraRequests++;
      return original(constraints);
    };
  });
  await page.goto(`${server.url}app/`);
  await page.waitForSelector("button");
  await page.waitForTimeout(1000);
  report.check("cameras requested before consent", await page.evaluate(() => window.cameraRequests), "<=", 0);
  await start(page);
  report.check("cameras requested after consent", await page.evaluate(() => window.cameraRequests), "<=", 1);
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.waitForTimeout(2000);
  const fetched = new Set(server.requests.filter((path) => path.startsWith("/app/")));
  const bytes = [...fetched].reduce((sum, path) => sum + size(join(DIST, path.slice("/app/".length) || "index.html")), 0);
  report.note("files of the first visit", String(fetched.size));
  report.check("first visit, nothing compressed", bytes / 1e6, "<=", 16, "MB");

  server.close();
  await context.setOffline(true);
  await page.reload();
  await start(page);
  report.note("second visit", "without network and without server: runs");
} finally {
  await close();
  server.close();
}
report.finish();

/** Presses the button and waits for two faces. @param {import("playwright-core").Page} page */
async function start(page) {
  await page.getByRole("button", { name: "Start the camera" }).click();
  await page.locator("[data-faces='2']").waitFor({ timeout: 60_000 });
}

/** @param {string} path */
function size(path) {
  return existsSync(path) && statSync(path).isFile() ? statSync(path).size : 0;
}
