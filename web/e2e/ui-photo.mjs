// @ts-nocheck: run by Node as it is
/**
 * Ways to give pictures to the Photo screen: pasted by key and by button, dropped anywhere, several at once; files that are
 * no pictures; the size of what is saved; and recognition by the real `emoar serve` in place of the device.
 * Usage: node e2e/ui-photo.mjs (after a build); EMOAR_SHOTS=folder keeps pictures
 */

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { goldenPictures } from "./build.mjs";
import { ready } from "./emoar-serve.mjs";
import { assertAccessible, assertFits, button, LAPTOP, PHONE, textsIn } from "./screens.mjs";
import { openBrowser, serveBuilt } from "./ui-browser.mjs";

const SHOTS = process.env.EMOAR_SHOTS;
if (SHOTS) mkdirSync(SHOTS, { recursive: true });
const text = textsIn("en");
const picture = readFileSync(join(goldenPictures(), "two.png")).toString("base64");

await pasted();
await several();
await wrongFiles();
await ownSize();
await byServer();
console.log("photo: pasted, dropped, several, no pictures, in their size and by the server are right");

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
    await drop(page, "nav", [{ name: "two.png", base64: picture }]);
    await twoFaces(page, "dropped beside the card");
    for (const screen of ["live", "learn", "session", "about"]) {
      await page.goto(`${server.url}#/${screen}`);
      assert.equal(await drop(page, "nav", [{ name: "two.png", base64: picture }]), true, `the app stays after a drop on ${screen}`);
    }
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

/** Drops files on an element; whether the app kept the browser from opening them. */
function drop(page, selector, files) {
  return page.locator(selector).first().evaluate((element, given) => {
    const transfer = new DataTransfer();
    for (const { name, base64 } of given) transfer.items.add(new File([Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))], name));
    const event = new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: transfer });
    element.dispatchEvent(event);
    return event.defaultPrevented;
  }, files);
}

/** Of a text whose characters are bytes. */
function base64(content) {
  return Buffer.from(content, "latin1").toString("base64");
}

/** Three files at once, of which one is no picture: each has its result. */
async function several() {
  const server = await serveBuilt();
  const { page, close } = await open(server.url);
  try {
    const near = readFileSync(join(goldenPictures(), "near.png")).toString("base64");
    await drop(page, "main", [{ name: "two.png", base64: picture }, { name: "a.pdf", base64: base64("%PDF-1.7") }, { name: "near.png", base64: near }]);
    const strip = page.getByRole("list", { name: text("photo.pictures") });
    await strip.getByRole("button", { name: /looks/ }).waitFor();
    const results = await strip.locator(".result").allInnerTexts();
    assert.deepEqual(results.slice(0, 2), [text("photo.found").replace("{count}", "2"), text("photo.unreadable")]);
    await page.getByText(text("photo.found").replace("{count}", "2")).last().waitFor();
    for (const [size, viewport] of Object.entries({ phone: PHONE, laptop: LAPTOP })) {
      await page.setViewportSize(viewport);
      await assertAccessible(page, "several photos");
      await assertFits(page, `several photos, ${size}`);
      if (SHOTS) await page.screenshot({ path: join(SHOTS, `photo-several-${size}.png`) });
    }
    await strip.getByRole("button").nth(1).click();
    await page.getByRole("alert").filter({ hasText: text("photo.pdf") }).waitFor();
    assert.equal(await page.locator(".result canvas, .faces").count(), 0);
    await strip.getByRole("button").nth(2).click();
    await page.locator(".faces section").waitFor();
    assert.equal(await page.locator(".faces section").count(), 1);
    console.log(`three files: ${results.join(", ")}`);
  } finally {
    await close();
    await server.close();
  }
}

/** Each kind of file has its own sentence, and the result before it is gone. */
async function wrongFiles() {
  const server = await serveBuilt();
  const { page, close } = await open(server.url);
  const wrong = {
    "photo.heic": "\0\0\0\x18ftypheic\0\0\0\0mif1heic",
    "photo.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
    "photo.pdf": "%PDF-1.7",
    "photo.video": "\0\0\0\x18ftypisom\0\0\x02\0isomavc1",
    "photo.damaged": Buffer.from(picture, "base64").subarray(0, 900).toString("latin1"),
    "photo.not_a_picture": "text",
    "photo.empty": "",
  };
  try {
    await drop(page, "main", [{ name: "two.png", base64: picture }]);
    await twoFaces(page, "before a wrong file");
    for (const [key, content] of Object.entries(wrong)) {
      await drop(page, "main", [{ name: "photo.jpg", base64: base64(content) }]);
      await page.getByRole("alert").filter({ hasText: text(key) }).waitFor();
      assert.equal(await page.getByRole("alert").count(), 1);
      assert.equal(await page.getByText(text("photo.found").split("{")[0]).count(), 0, `${key}: the former result is gone`);
    }
    if (SHOTS) await page.screenshot({ path: join(SHOTS, "photo-wrong-laptop.png") });
    await drop(page, "main", [{ name: "two.png", base64: picture }]);
    await twoFaces(page, "after a wrong file");
  } finally {
    await close();
    await server.close();
  }
}

/** A photo of 12 megapixels is saved with all of them. */
async function ownSize() {
  const server = await serveBuilt();
  const { page, close } = await open(server.url);
  try {
    const large = await page.evaluate(async (small) => {
      const blob = await (await fetch(`data:image/png;base64,${small}`)).blob();
      const canvas = new OffscreenCanvas(4000, 3000);
      canvas.getContext("2d").drawImage(await createImageBitmap(blob), 0, 0, 4000, 3000);
      const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 })).arrayBuffer());
      let text = "";
      for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
      return btoa(text);
    }, picture);
    await page.locator("input[type=file]").first().setInputFiles({ name: "large.jpg", mimeType: "image/jpeg", buffer: Buffer.from(large, "base64") });
    await twoFaces(page, "12 megapixels, first");
    const began = Date.now();
    await page.locator("input[type=file]").first().setInputFiles({ name: "large.jpg", mimeType: "image/jpeg", buffer: Buffer.from(large, "base64") });
    await page.getByText(text("photo.found").split("{")[0]).waitFor({ state: "detached" });
    await twoFaces(page, "12 megapixels");
    console.log(`4000 x 3000 pixels: ${((Date.now() - began) / 1000).toFixed(1)} s`);
    const [download] = await Promise.all([page.waitForEvent("download"), button(page, text, "result.save").click()]);
    const saved = readFileSync(await download.path());
    const size = await page.evaluate(async (bytes) => {
      const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(bytes), (char) => char.charCodeAt(0))]));
      return [bitmap.width, bitmap.height];
    }, saved.toString("base64"));
    assert.deepEqual(size, [4000, 3000]);
    if (SHOTS) writeFileSync(join(SHOTS, "photo-saved.jpg"), saved);
    console.log(`saved with 4000 x 3000 pixels, ${(saved.length / 1e6).toFixed(1)} MB`);
  } finally {
    await close();
    await server.close();
  }
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
