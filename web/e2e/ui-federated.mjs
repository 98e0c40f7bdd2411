// @ts-nocheck: run by Node as it is
/**
 * A browser takes part in federated learning, with a real `emoar serve --federated`: nothing is sent before consent and the
 * button; the budget is spent and on the disk before the request leaves; the same update is sent again where the server did
 * not answer; a second one in a round, one past the budget and one for another model are not; consent can be withdrawn, and
 * what was spent stays counted. The server's sum is the update of the browser.
 * Usage: node e2e/ui-federated.mjs (after a build); EMOAR_SHOTS=folder keeps pictures
 */

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";

import { cameraClip, OUT, python } from "./build.mjs";
import { assertAccessible, assertFits, button, LAPTOP, PHONE, startCamera, textsIn } from "./screens.mjs";
import { openBrowser, serveBuilt } from "./ui-browser.mjs";

const SHOTS = process.env.EMOAR_SHOTS;
if (SHOTS) mkdirSync(SHOTS, { recursive: true });
const text = textsIn("en");
const press = (page, key) => button(page, text, key).click();
const filled = (key, values) => text(key).replace(/\{(\w+)\}/g, (_, name) => values[name]);
const OPEN = `
import hashlib, sys
from pathlib import Path
import numpy as np
from emoar.federated.gateway.browser_round import BrowserRound, FeatureModel, open_round
from emoar.labels import FER2013
from emoar.models.expression import expression_model
folder, name, noise, sha256 = sys.argv[1:]
sha256 = sha256 or hashlib.sha256(expression_model("emoar-s").members[0].path.read_bytes()).hexdigest()
head = np.random.default_rng(0).normal(0, 0.05, (7, 128)).astype(np.float32), np.zeros(7, np.float32)
open_round(Path(folder), BrowserRound(name, FeatureModel("emoar-s", sha256), "fer2013", FER2013, *head, 0.5, float(noise), 0.1, 5, 3))
`;

const SUM = `
import json, sys
from pathlib import Path
from emoar.federated.gateway.browser_round import read_round
from emoar.federated.gateway.tally import read_tally
opened = read_round(Path(sys.argv[1]))
tally = read_tally(Path(sys.argv[1]), opened)
print(json.dumps({"received": tally.received, **{name: value.tolist() for name, value in tally.sums.items()}}))
`;

mkdirSync(OUT, { recursive: true });
const folder = mkdtempSync(join(OUT, "gateway-"));
const server = await serveBuilt(undefined, { federated: folder });
const { browser, close } = await openBrowser({ clip: cameraClip().path, context: { viewport: LAPTOP, locale: "en-GB" } });
try {
  const page = await browser.newPage();
  const sent = watchUpdates(page);
  await offersAndWaits(page, sent);
  await teachesTwo(page, sent);
  await sharesOnce(page, sent);
  await keepsAfterReload(page, sent);
  await refuses(page, sent);
  await withdraws(page, sent);
  console.log("federated: one update, paid for before it left, once a round, within the budget, and consent withdrawn");
} finally {
  await close();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
}

/** Every request with a body, and those to other origins; there must be none but updates. */
function watchUpdates(page) {
  const sent = [];
  page.on("request", (request) => {
    const own = request.url().startsWith(server.url) || /^(blob|data):/.test(request.url());
    assert.ok(own, `a request leaves the origin: ${request.url()}`);
    if (request.method() === "GET") return;
    assert.equal(request.url(), `${server.url}v1/federated/updates`);
    sent.push(request.postData());
  });
  return sent;
}

/** Opens a round on the features of the shipped model. */
function openRound(name, { noise = 2.32, sha256 = "" } = {}) {
  python(["-c", OPEN, folder, name, String(noise), sha256]);
}

function card(page) {
  return page.getByRole("region", { name: text("share.title") });
}

/** Without consent the card explains, and sends nothing. */
async function offersAndWaits(page, sent) {
  await page.goto(`${server.url}#/teach`);
  await card(page).getByText(text("share.sent_later")).waitFor();
  assert.ok(await page.getByText(text("teach.private_unless")).first().isVisible(), "the screen does not promise more than it keeps");
  await inspect(page, "no-round");
  openRound("1:1:first");
  await page.reload();
  await card(page).getByText(filled("share.sent", { count: 7 * 129 })).waitFor();
  assert.equal(await page.getByRole("meter").count(), 0, "nothing was spent");
  await inspect(page, "offer");
  assert.deepEqual(sent, []);
}

async function teachesTwo(page, sent) {
  await press(page, "share.agree");
  await card(page).getByText(filled("share.too_few", { labels: 2, faces: 5 })).waitFor();
  assert.equal(await sendButton(page).count(), 0, "there is nothing to send");
  await startCamera(page);
  await page.locator("[data-faces='2']").waitFor();
  const faces = page.getByRole("radio");
  for (const [i, name] of ["happiness", "neutral"].entries()) {
    await page.getByRole("combobox", { name: text("teach.what"), exact: true }).selectOption(name);
    await faces.nth(i).check();
    await button(page, (key) => text(key).replace("{count}", "10"), "teach.take").click();
    await page.getByRole("progressbar", { name: text("teach.hold") }).waitFor();
    await button(page, (key) => text(key).replace("{count}", "10"), "teach.take").waitFor();
  }
  await sendButton(page).waitFor();
  assert.deepEqual(sent, [], "teaching sends nothing");
  await inspect(page, "ready");
}

function sendButton(page) {
  return page.getByRole("button", { name: /^Send one update/ });
}

/** The ledger as it is on the disk. */
function ledger(page) {
  return page.evaluate(
    () =>
      new Promise((resolve) => {
        const opening = indexedDB.open("emoar-federated");
        opening.onsuccess = () => {
          const reading = opening.result.transaction("ledger").objectStore("ledger").get("own");
          reading.onsuccess = () => (opening.result.close(), resolve(reading.result));
        };
      }),
  );
}

/** The network fails once: the update was paid for before, and the same one arrives at last. */
async function sharesOnce(page, sent) {
  let paidBefore;
  await page.route("**/v1/federated/updates", async (route) => {
    paidBefore = (await ledger(page)).updates;
    await route.abort();
  });
  await sendButton(page).click();
  await card(page).getByText(text("share.no_answer")).waitFor();
  assert.deepEqual(paidBefore.map(({ round, noise }) => [round, noise]), [["1:1:first", 2.32]], "paid before it leaves");
  await inspect(page, "no-answer");
  await page.unroute("**/v1/federated/updates");
  await press(page, "share.again");
  await card(page).getByText(text("share.received")).waitFor();
  assert.equal(sent.length, 2);
  assert.equal(sent[0], sent[1], "the same update");
  assert.equal((await ledger(page)).updates.length, 1, "paid once");
  await card(page).getByText(filled("share.round", { received: 1, wanted: 3 })).waitFor();
  const update = JSON.parse(sent[0]);
  assert.deepEqual(Object.keys(update).sort(), ["bias", "id", "model", "round", "schema", "weights"]);
  const sum = JSON.parse(python(["-c", SUM, folder]));
  assert.equal(sum.received, 1);
  update.weights.flat().forEach((value, i) => assert.ok(Math.abs(sum.weights.flat()[i] - value) < 1e-5));
  const length = Math.hypot(...update.weights.flat(), ...update.bias);
  const noise = 2.32 * 0.5 * Math.sqrt(7 * 129);
  assert.ok(length > 0.8 * noise && length < 1.2 * noise, `norm ${length.toFixed(1)}, of noise ${noise.toFixed(1)}`);
  await inspect(page, "received");
  console.log(`one update of ${sent[0].length} bytes, norm ${length.toFixed(1)}`);
}

async function keepsAfterReload(page, sent) {
  await page.reload();
  await card(page).getByText(text("share.sent_already")).waitFor();
  assert.equal(await sendButton(page).count(), 0);
  assert.match(await card(page).innerText(), /epsilon (3|4)\.\d of 8/);
  assert.equal(sent.length, 2);
}

async function refuses(page, sent) {
  openRound("1:2:other", { sha256: "cd".repeat(32) });
  await press(page, "share.refresh");
  await card(page).getByText(filled("share.other_model", { name: "emoar-s" })).waitFor();
  openRound("1:3:bare", { noise: 1 });
  await press(page, "share.refresh");
  await card(page).getByText(text("share.past_budget")).waitFor();
  assert.equal(await sendButton(page).count(), 0, "an update with too little noise");
  await inspect(page, "past-budget");
  openRound("1:4:next");
  await press(page, "share.refresh");
  await sendButton(page).waitFor();
  openRound("1:5:closed"); // while the visitor thinks about it
  await sendButton(page).click();
  await card(page).getByText(/refuses the update \(this round is closed/).waitFor();
  assert.equal((await ledger(page)).updates.length, 2, "what was sent stays counted");
  assert.equal(sent.length, 3);
}

async function withdraws(page, sent) {
  await press(page, "share.withdraw");
  await card(page).getByText(text("share.stays_counted")).waitFor();
  await inspect(page, "withdrawn");
  await page.reload();
  await card(page).getByText(text("share.stays_counted")).waitFor();
  assert.equal(await sendButton(page).count(), 0);
  const { agreed, updates } = await ledger(page);
  assert.deepEqual([agreed, updates.length], [false, 2], "spent is spent");
  assert.equal(sent.length, 3);
}

async function inspect(page, state) {
  await card(page).scrollIntoViewIfNeeded();
  for (const [size, viewport] of Object.entries({ phone: PHONE, laptop: LAPTOP })) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      await page.waitForTimeout(120);
      const where = `federated-${state}-${size}-${colorScheme}`;
      if (SHOTS && colorScheme === (size === "laptop" ? "light" : "dark")) await page.screenshot({ path: join(SHOTS, `${where}.png`), fullPage: true });
      await assertAccessible(page, where);
      await assertFits(page, where);
    }
  }
  await page.setViewportSize(LAPTOP);
}
