/**
 * Tests the built app as visitors get it from `emoar serve` and from a plain host: what the first visit fetches and when,
 * that the camera opens only after consent, that no request leaves the origin, that the service worker answers for the
 * app alone, and that the next visit works without a network. Usage: node e2e/app.mjs [--no-build]
 */

import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

import { WEB } from "../scripts/files.mjs";
import { openBrowser } from "./browser.mjs";
import { cameraClip } from "./build.mjs";
import { emoarServe } from "./emoar-serve.mjs";
import { meter } from "./meter.mjs";
import { Report } from "./report.mjs";
import { button, textsIn } from "./screens.mjs";
import { serve } from "./serve.mjs";

const DIST = join(WEB, "dist");
if (!process.argv.includes("--no-build") || !existsSync(DIST)) {
  execFileSync("npm", ["run", "--silent", "build"], { cwd: WEB, stdio: ["ignore", "ignore", "inherit"] });
}
/** Addresses of the server that are not the app's. */
const OTHERS = ["docs", "upload", "metrics", "openapi.json", "healthz", "v1/videos/0123456789abcdef0123456789abcdef"];
const text = textsIn("en");
const clip = cameraClip().path;
const report = new Report();
const scripts = readdirSync(join(DIST, "assets")).filter((name) => name.endsWith(".js.gz"));
const compressed = scripts.reduce((sum, name) => sum + statSync(join(DIST, "assets", name)).size, 0);
report.check("JavaScript of the app, gzip", compressed / 1000, "<=", 600, "kB");
await fromEmoarServe();
await fromPlainHost();
report.finish();

async function fromEmoarServe() {
  const server = await emoarServe();
  report.equal("files that the server changes or hides", (await differing(server.url)).join(), "");
  const relay = await meter(server.url);
  const { context, close } = await openBrowser({ clip, options: { locale: "en-GB" } });
  try {
    const page = await openPage(context, relay.url);
    const since = Date.now();
    await page.goto(relay.url);
    await page.waitForSelector("button.primary");
    report.note("first visit: button there", `${((Date.now() - since) / 1000).toFixed(1)} s, ${megabytes(relay.seen.bytes)} MB`);
    await fetched(relay, /\.wasm$/); // while nobody presses the button
    report.check("cameras requested before consent", await page.evaluate(() => window.cameraRequests), "<=", 0);
    report.note("first visit: press of the button to the first faces", `${await start(page)} s`);
    report.check("cameras requested after consent", await page.evaluate(() => window.cameraRequests), "<=", 1);
    await page.evaluate(() => navigator.serviceWorker.ready);
    await fetched(relay, /workbox|pack\.json/);
    await page.waitForLoadState("networkidle");
    report.note("first visit: requests", String(relay.seen.requests.length));
    report.check("first visit, bytes from the server", relay.seen.bytes / 1e6, "<=", 7, "MB");
    const models = new Set(relay.seen.requests.filter((path) => path.endsWith(".tflite")));
    report.equal("models that nobody uses", [...models].filter((path) => /emoar-m/.test(path)).join(), "");
    const large = relay.seen.requests.filter((path) => /\.(tflite|wasm)$/.test(path));
    report.check("models and runtime, times fetched", large.length / new Set(large).size, "<=", 1);
    await choosesContent(page);
    report.check("what the browser keeps", (await keptBytes(page)) / 1e6, "<=", 16, "MB");
    await leavesOthersAlone(page, relay.url);
    await server.close();
    relay.close();
    await comesBack(context, page, relay.url, "emoar serve");
  } finally {
    await close();
    relay.close();
    await server.close();
  }
}

/** A host that compresses nothing, sends no header of its own, and has the app in a folder. */
async function fromPlainHost() {
  const server = await serve({ "/app/": DIST }, { isolated: false });
  const { context, close } = await openBrowser({ clip, options: { locale: "en-GB" } });
  try {
    const page = await openPage(context, server.url);
    await page.goto(`${server.url}app/`);
    await start(page);
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.waitForLoadState("networkidle");
    await choosesContent(page);
    server.close();
    await comesBack(context, page, `${server.url}app/`, "a plain host");
  } finally {
    await close();
    server.close();
  }
}

/** The files of the app for which `emoar serve` does not answer with their bytes. @param {string} url */
async function differing(url) {
  const entries = readdirSync(DIST, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile() && !/\.(br|gz)$/.test(entry.name)).map((entry) => join(entry.parentPath, entry.name).slice(DIST.length + 1));
  const wrong = [];
  for (const path of paths) {
    for (const encoding of ["br, gzip", "gzip", "identity"]) {
      const answer = await fetch(url + path, { headers: { "accept-encoding": encoding } });
      const same = Buffer.from(await answer.arrayBuffer()).equals(readFileSync(join(DIST, path)));
      if (!answer.ok || !same) wrong.push(`${path} (${encoding})`);
    }
  }
  return wrong;
}

/** @param {import("playwright-core").BrowserContext} context @param {string} url */
async function openPage(context, url) {
  const page = await context.newPage();
  report.watch(page, url);
  await page.addInitScript(() => {
    const { mediaDevices } = navigator;
    const original = mediaDevices.getUserMedia.bind(mediaDevices);
    window.cameraRequests = 0;
    mediaDevices.getUserMedia = (constraints) => {
      window.cameraRequests++;
      return original(constraints);
    };
  });
  return page;
}

/** Presses the button and waits for two faces; returns the seconds. @param {import("playwright-core").Page} page */
async function start(page) {
  const since = Date.now();
  await button(page, text, "live.start").click();
  await page.locator("[data-faces='2']").waitFor();
  return ((Date.now() - since) / 1000).toFixed(1);
}

/** Waits until a request is on record. @param {Awaited<ReturnType<typeof meter>>} relay @param {RegExp} what */
async function fetched(relay, what) {
  for (let i = 0; i < 1200; i++) {
    if (relay.seen.requests.some((path) => what.test(path))) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`nobody requested ${what}: ${relay.seen.requests}`);
}

/** The content packs can be chosen. @param {import("playwright-core").Page} page */
async function choosesContent(page) {
  await button(page, text, "live.settings").click();
  const choice = page.getByRole("combobox", { name: text("settings.pack") });
  await choice.locator("option").first().waitFor({ state: "attached" });
  report.equal("content to choose from", (await choice.locator("option").allInnerTexts()).join().trim(), "EmoAR default");
  await page.keyboard.press("Escape");
}

/** Bytes in the browser's caches, as they are after decoding. @param {import("playwright-core").Page} page @returns {Promise<number>} */
function keptBytes(page) {
  return page.evaluate(async () => {
    let bytes = 0;
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) bytes += (await (await cache.match(request))?.arrayBuffer())?.byteLength ?? 0;
    }
    return bytes;
  });
}

/** With the service worker in charge of the app, the server's other addresses answer for themselves. @param {import("playwright-core").Page} page @param {string} url */
async function leavesOthersAlone(page, url) {
  const app = await (await page.goto(`${url}?from=a-link`))?.fromServiceWorker();
  report.equal("the app, at an address with a query", app ? "from the service worker" : "from the network", "from the service worker");
  const other = await page.context().newPage(); // some of these pages report errors on the console: a missing job is 404
  for (const path of OTHERS) {
    const answer = await other.goto(url + path);
    const wrong = answer?.fromServiceWorker() || (await other.title()).startsWith("Live");
    report.equal(`/${path}`, wrong ? "the app" : "the server", "the server");
  }
  await other.close();
}

/** The next visit, without network and without server. @param {import("playwright-core").BrowserContext} context @param {import("playwright-core").Page} page @param {string} url @param {string} from */
async function comesBack(context, page, url, from) {
  await context.setOffline(true);
  await page.goto(url);
  report.note(`second visit, from ${from}`, `without network and without server: faces after ${await start(page)} s`);
}

/** @param {number} bytes */
function megabytes(bytes) {
  return (bytes / 1e6).toFixed(2);
}
