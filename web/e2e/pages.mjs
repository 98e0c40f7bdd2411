/**
 * Every page of a running `emoar serve` as a visitor uses it: a picture is sent with the form of /upload, a request with
 * /docs, and no page reports an error. Usage: node e2e/pages.mjs PICTURE KEY URL… (KEY may be empty)
 */

import assert from "node:assert/strict";

import { openBrowser } from "./browser.mjs";

const [picture, key, ...urls] = process.argv.slice(2);
const { context, close } = await openBrowser({ options: { ignoreHTTPSErrors: true } });
const page = await context.newPage(); // one for all: Chromium sometimes never opens a page that is asked for while one closes
/** @type {string[]} */
const errors = [];
context.on("console", (message) => message.type() === "error" && errors.push(message.text()));
context.on("weberror", (error) => errors.push(String(error.error())));
try {
  for (const url of urls) {
    await upload(url);
    await docs(url);
    await others(url);
    assert.deepEqual(errors, [], url);
    await refused(url);
    errors.length = 0; // the browser reports each refusal
  }
  console.log(`pages: ${urls.length} servers are right`);
} finally {
  await close();
}

/** @param {string} url */
async function openForm(url) {
  await page.goto(`${url}/upload`);
  if (key) await page.getByLabel("API key").fill(key);
}

/** @param {string | {name: string, mimeType: string, buffer: Buffer}} file */
async function send(file) {
  await page.getByLabel("Picture").setInputFiles(file);
  const response = page.waitForResponse((one) => one.request().method() === "POST");
  await page.getByRole("button", { name: "Recognise" }).click();
  return (await response).status();
}

/** @param {string} url */
async function upload(url) {
  await openForm(url);
  assert.equal(await send(picture), 200, `${url}/upload`);
  await page.getByRole("heading", { name: /Face 1: happiness/ }).waitFor();
  const drawn = page.getByRole("img");
  assert.ok(await drawn.evaluate((/** @type {HTMLImageElement} */ image) => image.complete && image.naturalWidth > 0));
  if (key) await page.getByLabel("API key").fill(key);
  assert.equal(await send(picture), 200, "a second picture on the page of the first one's result");
}

/** @param {string} url */
async function refused(url) {
  await openForm(url);
  assert.equal(await send({ name: "a.jpg", mimeType: "image/jpeg", buffer: Buffer.from("no picture") }), 415);
  await page.getByRole("alert").waitFor();
}

/** @param {string} url */
async function docs(url) {
  await page.goto(`${url}/docs`);
  const health = page.locator("#operations-operation-healthz_healthz_get");
  await health.getByRole("button").first().click();
  await health.getByRole("button", { name: "Try it out" }).click();
  await health.getByRole("button", { name: "Execute" }).click();
  await health.locator(".live-responses-table .response-col_status", { hasText: "200" }).first().waitFor();
}

/** @param {string} url */
async function others(url) {
  for (const path of ["/", "/openapi.json", "/healthz", "/readyz"]) {
    const response = await page.goto(url + path);
    assert.equal(response?.status(), 200, url + path);
  }
}
