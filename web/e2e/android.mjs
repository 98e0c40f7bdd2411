// @ts-nocheck: run by Node as it is
/**
 * The page out of an Android package, under the limits of a web view: answered by the app's own code, read back out of the
 * package; no isolation, no service worker, no share; every other request is aborted; the app's side of the bridge is
 * recorded. Usage: node e2e/android.mjs [EMOAR.apk]; EMOAR_SHOTS=folder keeps pictures
 */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { openBrowser } from "./browser.mjs";
import { cameraClip, goldenPictures, python } from "./build.mjs";
import { acceptRest, assertFits, button, startCamera, textsIn } from "./screens.mjs";
import { WEB } from "./ui-browser.mjs";

const ORIGIN = "https://appassets.androidplatform.net";
const ROOT = join(WEB, "..");
const PHONES = [
  { width: 360, height: 640 },
  { width: 412, height: 915 },
];
const turned = ({ width, height }) => ({ width: height, height: width });
const sizeOf = ({ width, height }) => `${width}x${height}`;
const SIZES = PHONES.flatMap((one) => [one, turned(one)]);
const SCREENS = ["live", "photo", "learn", "teach", "session", "about"];
const SHOTS = process.env.EMOAR_SHOTS;
if (SHOTS) mkdirSync(SHOTS, { recursive: true });

const needed = python(["-c", "import sys; sys.path.insert(0, 'scripts'); import android_page; print(*android_page.missing())"]).trim();
if (needed) {
  console.error(`skipped: apt-get install ${needed}`);
  process.exit(process.env.REQUIRE_BROWSER ? 1 : 0);
}
const folder = mkdtempSync(join(tmpdir(), "emoar-android-"));
const text = textsIn("en");
const { url: answersUrl, stop } = await appAnswers(process.argv[2] ?? packed());
try {
  await layout();
  await denied();
  await live();
  await photo();
  console.log("android: the page out of the package is right under the limits of a web view");
} finally {
  await stop();
  rmSync(folder, { recursive: true, force: true });
}

/** A package with the built app, signed with a key for this test. */
function packed() {
  const target = join(folder, "emoar.apk");
  const key = join(folder, "key.pem");
  python(["-c", `from pathlib import Path
from cryptography.hazmat.primitives.asymmetric import ec
from emoar.android.signing_key import _write_new
_write_new(Path(${JSON.stringify(key)}), ec.generate_private_key(ec.SECP256R1()))`]);
  python(["-m", "emoar", "android", "build", "-q", "-o", target, "--key", key, "--web", process.env.EMOAR_SITE ?? join(WEB, "dist")]);
  return target;
}

/** The app's own code as a server. */
async function appAnswers(apk) {
  const own = join(ROOT, ".venv", "bin", "python");
  const env = { ...process.env, PYTHONPATH: join(ROOT, "src") };
  const child = spawn(existsSync(own) ? own : "python3", [join(ROOT, "scripts", "android_page.py"), apk], { env, stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(child, "exit");
  const port = await Promise.race([once(child.stdout, "data").then(([data]) => Number(String(data))), ended.then(() => 0)]);
  assert.ok(port > 0, "the app's code answers");
  return { url: `http://127.0.0.1:${port}/?url=`, stop: () => (child.stdin.end(), ended) };
}

/** A phone with the page on it; `check` asserts that all went well and closes it. */
async function phone({ viewport = PHONES[1], camera = "allowed", clip, dark = true, blocked = false } = {}) {
  const seen = { problems: [], foreign: [], missing: [], paths: new Set() };
  const options = { viewport, deviceScaleFactor: 2, hasTouch: true, isMobile: true, serviceWorkers: "block", locale: "en-GB", colorScheme: dark ? "dark" : "light" };
  const { context, close } = await openBrowser({ clip, camera, options });
  await context.route("**/*", (route) => answer(route, seen));
  await context.addInitScript(webView, blocked);
  const page = await context.newPage();
  page.on("pageerror", (error) => seen.problems.push(`page: ${error.message}`));
  page.on("console", (message) => message.type() === "error" && seen.problems.push(`console: ${message.text()}`));
  await page.goto(`${ORIGIN}/index.html`);
  await page.locator("nav").waitFor().catch(() => assert.fail(`no page: ${seen.problems.join("; ")}`));
  const check = async () => {
    await close();
    assert.deepEqual(seen.foreign, [], "requests elsewhere");
    assert.deepEqual(seen.missing, [], "files that the package lacks");
    assert.deepEqual(seen.problems, []);
    return seen;
  };
  return { page, check, given: () => page.evaluate(() => window.given) };
}

async function answer(route, seen) {
  const url = route.request().url();
  if (!url.startsWith(`${ORIGIN}/`)) {
    seen.foreign.push(url);
    return route.abort();
  }
  const response = await fetch(answersUrl + encodeURIComponent(url)).catch(() => undefined);
  if (!response) return route.abort().catch(() => undefined); // the test has ended
  const path = url.slice(ORIGIN.length);
  seen.paths.add(path);
  if (response.status !== 200) seen.missing.push(path);
  const headers = Object.fromEntries([...response.headers].filter(([name]) => !["content-length", "date"].includes(name)));
  return route.fulfill({ status: response.status, headers, body: Buffer.from(await response.arrayBuffer()) }).catch(() => undefined); // the page may be gone
}

/** Runs in the page: without what a web view lacks, and with the app's side of the bridge, which records. */
function webView(blocked) {
  delete Navigator.prototype.share;
  delete Navigator.prototype.canShare;
  window.given = { files: [], live: [], settings: 0 };
  let file;
  window.EmoARShell = {
    begin: (name, type) => Boolean((file = { name, type, text: "" })),
    write: (base64) => Boolean((file.text += atob(base64))),
    end: (share) => Boolean(window.given.files.push({ name: file.name, type: file.type, share, bytes: file.text.length, head: file.text.slice(0, 200) })),
    live: (live) => void window.given.live.push(live),
    cameraBlocked: () => blocked,
    openSettings: () => void window.given.settings++,
  };
}

async function shoot(page, name) {
  if (SHOTS) await page.screenshot({ path: join(SHOTS, `${name}.png`) });
}

/** Every screen in both sizes and both orientations, in light and dark. */
async function layout() {
  for (const dark of [true, false]) {
    const { page, check } = await phone({ camera: "none", dark });
    for (const size of SIZES) {
      await page.setViewportSize(size);
      for (const screen of SCREENS) {
        await page.goto(`${ORIGIN}/index.html#/${screen}`);
        await page.locator(`nav a[href="#/${screen}"][aria-current=page]`).waitFor();
        await assertFits(page, `${screen} at ${sizeOf(size)}`);
        if (screen === "live") await assertInSight(page, button(page, text, "live.start"), sizeOf(size));
        await shoot(page, `${screen}-${sizeOf(size)}-${dark ? "dark" : "light"}`);
      }
    }
    await page.goto(`${ORIGIN}/index.html#/photo`);
    assert.equal(await button(page, text, "photo.paste").count(), 0, "no clipboard");
    await page.getByText(text("photo.options")).click();
    assert.equal(await page.getByText(text("photo.via_server")).count(), 0, "no server");
    await page.goto(`${ORIGIN}/index.html#/about`);
    await page.getByText(text("about.where_camera.app")).waitFor();
    await check();
  }
  console.log(`layout: ${SCREENS.length} screens at ${SIZES.map(sizeOf)}, dark and light`);
}

/** All of an element lies in the screen's part of the page, which the navigation does not cover. */
async function assertInSight(page, element, where) {
  const [inner, outer] = [await element.boundingBox(), await page.locator("main").boundingBox()];
  assert.ok(inner.y >= outer.y && inner.y + inner.height <= outer.y + outer.height, `the button is cut off at ${where}`);
}

async function denied() {
  const { page, check, given } = await phone({ camera: "denied", blocked: true });
  await button(page, text, "live.start").click();
  await page.getByText(text("camera.denied.app")).waitFor();
  await assertFits(page, "a denied camera");
  await shoot(page, "denied");
  await button(page, text, "camera.settings").click();
  assert.equal((await given()).settings, 1);
  await check();
  console.log("denied: leads to the phone's settings");
}

async function live() {
  const { page, check, given } = await phone({ clip: cameraClip().path });
  const since = Date.now();
  await button(page, text, "live.start").click();
  await page.locator("[data-faces='2']").waitFor();
  console.log(`live: two faces after ${((Date.now() - since) / 1000).toFixed(1)} s`);
  const limits = await page.evaluate(() => [isSecureContext, crossOriginIsolated, navigator.serviceWorker?.controller ?? null]);
  assert.deepEqual(limits, [true, false, null], "secure, not isolated, no service worker");
  assert.equal((await given()).live.at(-1), true, "the screen stays on");
  await controlsFit(page);
  await pictureAndFilm(page, given);
  await backCloses(page);
  await learn(page);
  await teach(page, given);
  await session(page, given);
  assert.deepEqual(await page.evaluate(() => caches.keys()), [], "no copies of what the package has");
  await page.goto(`${ORIGIN}/index.html#/about`);
  await page.waitForFunction(() => window.given.live.at(-1) === false);
  const { paths } = await check();
  const asked = [...paths].filter((path) => /threaded|sw\.js|workbox-(?!window)/.test(path));
  assert.deepEqual(asked, [], "nothing that the shell does without");
  assert.ok([...paths].some((path) => /litert_wasm_(compat_)?internal\.wasm$/.test(path)));
}

async function controlsFit(page) {
  for (const size of SIZES) {
    await page.setViewportSize(size);
    await page.locator("[data-faces='2']").waitFor();
    await assertFits(page, `live with faces at ${sizeOf(size)}`);
    await shoot(page, `running-${sizeOf(size)}`);
  }
  await page.setViewportSize(PHONES[1]);
}

async function pictureAndFilm(page, given) {
  await button(page, text, "live.snapshot").click();
  await button(page, text, "result.share").click();
  await button(page, text, "result.save").click();
  await page.waitForFunction(() => window.given.files.length === 2);
  const [shared, saved] = (await given()).files;
  assert.deepEqual([shared.share, saved.share], [true, false]);
  assert.ok(saved.head.startsWith("\x89PNG") && saved.bytes > 20_000 && saved.bytes === shared.bytes);
  assert.match(saved.name, /^emoar-[\d-]+\.png$/);
  await shoot(page, "picture");
  await button(page, text, "result.discard").click();
  await button(page, text, "live.record").click();
  await page.getByText(/Recording 0:0[2-9]/).waitFor();
  await button(page, text, "live.record_stop").click();
  await button(page, text, "result.save").click();
  await page.waitForFunction(() => window.given.files.length === 3);
  const film = (await given()).files[2];
  assert.match(film.type, /^video\/(mp4|webm)/);
  assert.ok(film.bytes > 20_000, `${film.bytes} bytes of film`);
  console.log(`saved: a picture of ${saved.bytes} bytes, a film of ${film.bytes} (${film.type})`);
}

/** The phone's back gesture closes the film, which is still shown, and then a panel. */
async function backCloses(page) {
  const dialogs = page.getByRole("dialog");
  for (const open of [async () => undefined, () => button(page, text, "live.settings").click()]) {
    await open();
    await dialogs.waitFor();
    assert.equal(await page.evaluate(() => window.emoarBack()), true);
    await dialogs.waitFor({ state: "detached" });
  }
  assert.equal(await page.evaluate(() => window.emoarBack()), false, "then the app goes back itself");
}

async function learn(page) {
  await page.goto(`${ORIGIN}/index.html#/learn`);
  await page.locator("#tab-make").click();
  await startCamera(page);
  await button(page, text, "learn.neutral_begin").click();
  await acceptRest(page, text, page.locator(".cues"));
  await shoot(page, "learn");
}

/** Two faces get names, and the file of them goes to the phone. */
async function teach(page, given) {
  await page.goto(`${ORIGIN}/index.html#/teach`);
  await startCamera(page);
  await page.locator("[data-faces='2']").waitFor();
  const take = button(page, (key) => text(key).replace("{count}", "10"), "teach.take");
  for (const [place, name] of ["winks", "tongue out"].entries()) {
    await page.getByRole("combobox", { name: text("teach.what"), exact: true }).selectOption({ label: text("teach.new_name") });
    await page.getByLabel(text("teach.name"), { exact: true }).fill(name);
    await page.getByRole("radio", { name: /^Face/ }).nth(place).check();
    await take.click();
    await page.getByRole("region", { name: text("teach.taught") }).getByRole("listitem").filter({ hasText: name }).filter({ hasText: "faces: 10" }).waitFor();
  }
  await page.getByText(text("teach.in_use")).waitFor();
  await button(page, text, "teach.save").click();
  await page.waitForFunction(() => window.given.files.at(-1).type === "application/json");
  assert.match((await given()).files.at(-1).head, /winks/);
  await shoot(page, "teach");
}

async function session(page, given) {
  await page.goto(`${ORIGIN}/index.html#/session`);
  await startCamera(page);
  await button(page, text, "session.begin").click();
  await acceptRest(page, text, page.getByRole("timer"));
  await page.waitForFunction(() => parseFloat(document.querySelector("[role=timer]")?.textContent) >= 3);
  await button(page, text, "session.end").click();
  await page.getByText(text("session.kept.app")).waitFor();
  await page.getByRole("button", { name: "CSV" }).click();
  await page.getByText(text("session.saved.app")).waitFor();
  const table = (await given()).files.at(-1);
  assert.deepEqual([table.type, table.share], ["text/csv", false]);
  assert.match(table.head, /time_s/);
  await shoot(page, "session");
}

async function photo() {
  const { page, check, given } = await phone({ camera: "none" });
  await page.goto(`${ORIGIN}/index.html#/photo`);
  await page.locator("input[type=file]").first().setInputFiles(join(goldenPictures(), "two.png"));
  await page.getByText("Faces found: 2").waitFor();
  const saves = page.getByRole("button", { name: text("result.save"), exact: true });
  await saves.first().click();
  await page.waitForFunction(() => window.given.files.length === 1);
  assert.ok((await given()).files[0].head.startsWith("\x89PNG"));
  await shoot(page, "photo-found");
  await check();
  console.log("photo: two faces, saved");
}
