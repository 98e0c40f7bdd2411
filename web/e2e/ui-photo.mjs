// @ts-nocheck: run by Node as it is
/**
 * Ways to give a picture to the Photo screen: pasted by key and by button, dropped; and recognition by the real
 * `emoar serve` in place of the device. Usage: node e2e/ui-photo.mjs (after a build)
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { goldenPictures } from "./build.mjs";
import { ready } from "./emoar-serve.mjs";
import { button, LAPTOP, textsIn } from "./screens.mjs";
import { openBrowser, serveBuilt } from "./ui-browser.mjs";

const text = textsIn("en");
const picture = readFileSync(join(goldenPictures(), "two.png")).toString("base64");

await pasted();
await byServer();
console.log("photo: pasted, dropped and by the server are right");

async function open(url) {
  const { browser, close } = await openBrowser({ camera: false, context: { viewport: LAPTOP, locale: "en-GB" } });
  await browser.grantPermissions(["clipboard-read", "clipboard-write"], { origin: new URL(url).origin });
  const page = await browser.newPage();
  await page.goto(`${url}#/photo`);
  return { page, close };
}

/** The picture is on the clipboard; a paste by key, one by the button, and a drop each find two faces. */
async function pasted() {
  const server = await serveBuilt();
  const { page, close } = await open(server.url);
  try {
    await page.evaluate(copy, "no picture");
    await button(page, text, "photo.paste").click();
    await page.getByRole("alert").filter({ hasText: text("photo.no_picture") }).waitFor();
    await page.evaluate(copy, { picture });
    await button(page, text, "photo.paste").click();
    await twoFaces(page, "pasted with the button");
    await page.reload();
    await page.keyboard.press("Control+V");
    await twoFaces(page, "pasted with the keyboard");
    await page.reload();
    const transfer = await page.evaluateHandle(dropOf, picture);
    await page.dispatchEvent(".drop", "drop", { dataTransfer: transfer });
    await twoFaces(page, "dropped");
  } finally {
    await close();
    await server.close();
  }
}

/** Runs in the page: copies text or a picture to the clipboard. */
async function copy(content) {
  if (typeof content === "string") return navigator.clipboard.writeText(content);
  const bytes = Uint8Array.from(atob(content.picture), (char) => char.charCodeAt(0));
  await navigator.clipboard.write([new ClipboardItem({ "image/png": new Blob([bytes], { type: "image/png" }) })]);
}

/** Runs in the page. */
function dropOf(base64) {
  const transfer = new DataTransfer();
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  transfer.items.add(new File([bytes], "two.png", { type: "image/png" }));
  return transfer;
}

async function twoFaces(page, how) {
  await page.getByText(text("photo.found").replace("{count}", "2")).waitFor();
  assert.equal(await page.getByRole("alert").count(), 0, how);
  console.log(`${how}: two faces, the first ${(await headings(page))[0]}`);
}

async function headings(page) {
  return (await page.locator(".faces section h2").allInnerTexts()).map((text) => text.replace(/\s+/g, " ").trim());
}

/** The page from `emoar serve`: first on the device, then by its REST API; both give the same result. */
async function byServer() {
  const server = await serveBuilt();
  await ready(server.url);
  const { page, close } = await open(server.url);
  const sent = [];
  const problems = [];
  page.on("request", (request) => request.method() === "POST" && sent.push(new URL(request.url()).pathname));
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  try {
    const choose = () => page.locator("input[type=file]").first().setInputFiles(join(goldenPictures(), "two.png"));
    await choose();
    await twoFaces(page, "from emoar serve, on the device");
    assert.deepEqual(sent, [], "nothing is sent unless it is requested");
    const onDevice = await headings(page);
    await page.locator("details summary").click();
    await page.getByLabel(text("photo.via_server")).check();
    assert.ok(await page.getByText(text("photo.intro_server")).isVisible(), "it states that the picture is sent");
    const answer = page.waitForResponse((response) => response.url().includes("/v1/expressions"));
    await choose();
    assert.equal((await answer).status(), 200, `${problems}`);
    await page.waitForFunction(() => document.querySelectorAll(".faces section").length === 2);
    await twoFaces(page, "by the server");
    assert.deepEqual(sent, ["/v1/expressions"]);
    const labels = (texts) => texts.map((text) => text.replace(/\d+\s*%/, "").trim());
    assert.deepEqual(labels(await headings(page)), labels(onDevice), "the server sees what the device sees");
    assert.deepEqual(problems, []);
    await server.close();
    await choose();
    await page.getByRole("alert").filter({ hasText: text("photo.server_failed") }).waitFor();
    console.log("a server that is gone: reported");
  } finally {
    await close();
    await server.close();
  }
}
