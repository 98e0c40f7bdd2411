// @ts-nocheck: run by Node as it is
/**
 * Two people's faces get two names of their own, with stickers: the Live screen then shows them, over a reload too, and
 * shows none for a face that was not taught. The file is read by Python, which names the faces of a photo as the browser
 * does. One button deletes everything; the file brings it back. No request leaves the origin or has a body.
 * Usage: node e2e/ui-teach.mjs (after a build); EMOAR_SHOTS=folder keeps pictures
 */

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { cameraClip, goldenPictures, OUT, python } from "./build.mjs";
import { assertAccessible, assertFits, button, LAPTOP, PHONE, startCamera, textsIn } from "./screens.mjs";
import { openBrowser, serveBuilt } from "./ui-browser.mjs";

const SHOTS = process.env.EMOAR_SHOTS;
if (SHOTS) mkdirSync(SHOTS, { recursive: true });
/** By orientation; the narrowest and the widest phone, and a laptop. */
const VIEWS = { phone: PHONE, small: { width: 360, height: 640 }, large: { width: 412, height: 915 }, sideways: { width: 740, height: 360 }, laptop: LAPTOP };
const text = textsIn("en");
const press = (page, key) => button(page, text, key).click();
const server = await serveBuilt();
const picture = join(goldenPictures(), "two.png");
const { browser, close } = await openBrowser({ clip: cameraClip().path, context: { viewport: LAPTOP, locale: "en-GB", acceptDownloads: true } });
try {
  const page = await browser.newPage();
  const foreign = watchRequests(page);
  await recordScenes(page);
  const expressions = await teachesTwo(page);
  await showsThem(page, expressions, "Live");
  const file = await saves(page);
  const labels = await photoLabels(page);
  await readByPython(file, labels);
  await deletes(page);
  await brings(page, file, labels);
  await rejects(page);
  assert.deepEqual(foreign, [], "requests that leave the origin, or send something");
  console.log("teach: two people's own names, live, over a reload, in Python, rejected for others, and deleted");
} finally {
  await close();
  await server.close();
}

function watchRequests(page) {
  const foreign = [];
  page.on("request", (request) => {
    const own = request.url().startsWith(server.url) || /^(blob|data):/.test(request.url());
    if (!own || request.method() !== "GET") foreign.push(`${request.method()} ${request.url()}`);
  });
  return foreign;
}

/** Keeps the scenes that the worker sends, as `window.scenes`. */
function recordScenes(page) {
  return page.addInitScript(() => {
    window.scenes = [];
    window.Worker = class extends Worker {
      constructor(...given) {
        super(...given);
        this.addEventListener("message", ({ data }) => data.kind === "frame" && data.scene && window.scenes.push(data.scene));
      }
    };
  });
}

/** Of each track in the next scenes with two usable faces: how often it had which expression, and which personal label. */
async function follow(page, count = 40) {
  await page.evaluate(() => (window.scenes = []));
  const enough = (wanted) => window.scenes.filter(({ faces }) => faces.length === 2).length >= wanted;
  await page.waitForFunction(enough, count);
  return page.evaluate(() => {
    const tracks = {};
    for (const { quality, trackId, expression, personal } of window.scenes.flatMap(({ faces }) => faces)) {
      if (!quality.usable) continue;
      const track = (tracks[trackId] ??= { expression: {}, personal: {}, features: 0 });
      track.expression[expression.label] = (track.expression[expression.label] ?? 0) + 1;
      track.personal[personal?.label ?? ""] = (track.personal[personal?.label ?? ""] ?? 0) + 1;
    }
    return tracks;
  });
}

function mostly(counts) {
  const [[label, most], ...others] = Object.entries(counts).sort((a, b) => b[1] - a[1]);
  const share = most / others.reduce((sum, [, count]) => sum + count, most);
  return { label, share };
}

async function openTeach(page) {
  await page.goto(`${server.url}#/teach`);
  await startCamera(page);
  await page.locator("[data-faces='2']").waitFor();
}

async function take(page, face, name) {
  await page.getByRole("combobox", { name: text("teach.what"), exact: true }).selectOption({ label: text("teach.new_name") });
  await page.getByLabel(text("teach.name"), { exact: true }).fill(name);
  await page.getByRole("radio", { name: `Face ${face}` }).check();
  await button(page, (key) => text(key).replace("{count}", "10"), "teach.take").click();
  await page.getByRole("progressbar", { name: text("teach.hold") }).waitFor();
  await button(page, (key) => text(key).replace("{count}", "10"), "teach.take").waitFor(); // again
}

/** The track ids of both people of the clip, of whom one is away now and then. */
async function bothIds(page) {
  const found = await page.waitForFunction(() => {
    const faces = window.scenes.at(-1)?.faces ?? [];
    return faces.length === 2 && faces.map(({ trackId }) => trackId);
  });
  return found.jsonValue();
}

function taughtRow(page, name) {
  return page.getByRole("region", { name: text("teach.taught") }).getByRole("listitem").filter({ hasText: name });
}

/** Returns the expression that each name's face mostly has, by which its person is known. */
async function teachesTwo(page) {
  await openTeach(page);
  await inspect(page, "empty");
  assert.equal(await page.getByText(text("share.title")).count(), 0, "this server asks for no updates");
  assert.equal(await button(page, (key) => text(key).replace("{count}", "10"), "teach.take").isDisabled(), true, "a face needs a name");
  const ids = (await bothIds(page)).sort();
  await take(page, ids[0], "winks");
  assert.match(await taughtRow(page, "winks").innerText(), /faces: 10/);
  assert.ok(await page.getByText(text("teach.one_more")).isVisible(), "one label is not enough");
  await inspect(page, "one");
  await take(page, ids[1], "tongue out");
  await page.getByText(text("teach.in_use")).waitFor();
  await taughtRow(page, "winks").getByRole("combobox").selectOption({ label: text("teach.text_sticker") });
  await taughtRow(page, "winks").getByLabel(text("teach.text"), { exact: true }).fill("ahoy");
  await page.keyboard.press("Tab");
  await taughtRow(page, "tongue out").getByRole("combobox").selectOption({ label: "sun" });
  const tracks = await follow(page);
  const named = Object.values(tracks).map(({ expression, personal }) => [mostly(personal).label, mostly(expression).label]);
  await inspect(page, "two");
  console.log(`taught: ${named.map((pair) => pair.join(": ")).join(", ")}`);
  return Object.fromEntries(named);
}

/** Each of two tracks mostly has its own name, which is that of its person, and never the other's. */
async function showsThem(page, expressions, where) {
  await page.goto(`${server.url}#/live`);
  await page.reload();
  await startCamera(page);
  const tracks = Object.values(await follow(page, 60));
  const names = tracks.map(({ personal }) => mostly(personal));
  assert.deepEqual(names.map(({ label }) => label).sort(), ["tongue out", "winks"], where);
  for (const [i, { label, share }] of names.entries()) {
    assert.ok(share > 0.7, `${where}: ${label} in ${share} of the frames`);
    const other = label === "winks" ? "tongue out" : "winks";
    assert.equal(tracks[i].personal[other] ?? 0, 0, `${where}: ${label} is called ${other}`);
    assert.equal(mostly(tracks[i].expression).label, expressions[label], `${where}: the person who has the name ${label}`);
  }
  await page.getByText(/^(winks|tongue out)$/).first().waitFor({ state: "attached" }); // as a screen reader gets it
  await page.waitForTimeout(1500); // stickers grow
  for (const [size, viewport] of Object.entries(VIEWS)) {
    await page.setViewportSize(viewport);
    if (SHOTS) await page.screenshot({ path: join(SHOTS, `teach-live-${size}.png`) });
  }
  await page.setViewportSize(LAPTOP);
  console.log(`${where}: ${names.map(({ label, share }) => `${label} ${(100 * share).toFixed(0)} %`).join(", ")}`);
}

async function saves(page) {
  await page.goto(`${server.url}#/teach`);
  const [download] = await Promise.all([page.waitForEvent("download"), press(page, "teach.save")]);
  const content = readFileSync(await download.path(), "utf8");
  assert.deepEqual(JSON.parse(content).labels, ["winks", "tongue out"]);
  assert.ok(content.length < 20_000, `a small file: ${content.length} bytes`);
  const path = join(OUT, "me.json");
  writeFileSync(path, content);
  return path;
}

/** The labels of the photo's faces, from left to right. */
async function photoLabels(page) {
  await page.goto(`${server.url}#/photo`);
  await page.locator("input[type=file]").first().setInputFiles(picture);
  const headings = page.locator(".result section h2, .result h2");
  await headings.nth(1).waitFor();
  const found = (await headings.allInnerTexts()).map((heading) => /winks|tongue out/.exec(heading)?.[0] ?? "");
  assert.deepEqual([...found].sort(), ["tongue out", "winks"], "in a photo of both");
  return found;
}

async function readByPython(file, labels) {
  const script = `
import json, sys
from PIL import Image
import numpy as np
from pathlib import Path
from emoar.pipeline import Pipeline, PipelineOptions
pixels = np.asarray(Image.open(sys.argv[1]).convert("RGB"))
with Pipeline(PipelineOptions(mode="photo", model="emoar-s", personal=Path(sys.argv[2]))) as pipeline:
    faces = pipeline(pixels).faces
print(json.dumps([face.expression.label for face in sorted(faces, key=lambda face: float(face.box_xyxy_px[0]))]))
`;
  assert.deepEqual(JSON.parse(python(["-c", script, picture, file])), labels, "Python's labels of the same photo");
}

async function deletes(page) {
  await page.goto(`${server.url}#/teach`);
  await press(page, "teach.delete");
  await inspect(page, "delete");
  await press(page, "session.delete_sure");
  await page.getByText(text("teach.open")).waitFor();
  assert.equal(await kept(page), 0, "nothing is left in the browser");
}

function kept(page) {
  return page.evaluate(
    () =>
      new Promise((resolve) => {
        const opening = indexedDB.open("emoar");
        opening.onsuccess = () => {
          const counting = opening.result.transaction("taught").objectStore("taught").count();
          counting.onsuccess = () => (opening.result.close(), resolve(counting.result));
        };
      }),
  );
}

async function brings(page, file, labels) {
  const input = page.locator("main input[type=file]");
  await input.setInputFiles({ name: "no.json", mimeType: "application/json", buffer: Buffer.from("{}") });
  assert.equal(await page.getByRole("alert").innerText(), text("teach.not_a_head"));
  const other = JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), model: { name: "emoar-x", sha256: "0".repeat(64) } });
  await input.setInputFiles({ name: "other.json", mimeType: "application/json", buffer: Buffer.from(other) });
  await page.getByText(text("teach.other_model").replace("{name}", "emoar-x")).waitFor();
  await inspect(page, "refused");
  await input.setInputFiles(file);
  await page.getByText(text("teach.from_file")).waitFor();
  await inspect(page, "from-file");
  assert.deepEqual(await photoLabels(page), labels, "the file's head in the browser");
  await page.goto(`${server.url}#/teach`);
  await press(page, "teach.delete");
  await press(page, "session.delete_sure");
}

/** Two names for one person's face: the other person has neither. */
async function rejects(page) {
  await openTeach(page);
  const [first, second] = (await page.evaluate(() => window.scenes.at(-1).faces.map(({ trackId }) => trackId))).sort();
  await take(page, first, "winks");
  await take(page, first, "frowns");
  const tracks = await follow(page);
  assert.ok(mostly(tracks[first].personal).label !== "", "the taught person has a name");
  assert.deepEqual(mostly(tracks[second].personal), { label: "", share: 1 }, "the other person has none");
  console.log("rejected: the face that nobody taught");
}

async function inspect(page, state) {
  for (const [size, viewport] of Object.entries(VIEWS)) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      await page.waitForTimeout(120);
      const where = `teach-${state}-${size}-${colorScheme}`;
      if (SHOTS && colorScheme === (size === "laptop" ? "light" : "dark")) await page.screenshot({ path: join(SHOTS, `${where}.png`) });
      await assertAccessible(page, where);
      await assertFits(page, where);
    }
  }
  await page.setViewportSize(LAPTOP);
}
