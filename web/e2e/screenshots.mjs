// @ts-nocheck: run by Node as it is
/** Pictures of every screen at phone and laptop size, for docs/web/: `node e2e/screenshots.mjs` after `npm run build`. */

import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { cameraClip, goldenPictures } from "./build.mjs";
import { acceptRest, textsIn } from "./screens.mjs";
import { openBrowser, serveBuilt, WEB } from "./ui-browser.mjs";

const FOLDER = join(WEB, "..", "docs", "web");
const SIZES = { phone: { width: 390, height: 844 }, laptop: { width: 1280, height: 800 } };

mkdirSync(FOLDER, { recursive: true });
const server = await serveBuilt();
const clip = cameraClip().path;
const text = textsIn("en");
for (const [name, viewport] of Object.entries(SIZES)) {
  const { browser, close } = await openBrowser({ clip, context: { viewport, colorScheme: name === "phone" ? "dark" : "light" } });
  const page = await browser.newPage();
  const shoot = (screen) => page.screenshot({ path: join(FOLDER, `${screen}-${name}.jpg`), type: "jpeg", quality: 80 });
  const open = async (screen) => {
    await page.goto(`${server.url}#/${screen}`);
    await page.waitForTimeout(600);
  };
  const start = async () => {
    await page.locator(".before button.primary").click();
    await page.waitForFunction(() => Number(document.querySelector(".view")?.dataset.faces) > 0, null, { timeout: 90_000 });
    await page.waitForTimeout(5000);
  };
  await open("live");
  await shoot("start");
  await start();
  await shoot("live");
  await open("photo");
  await page.locator("input[type=file]").first().setInputFiles(join(goldenPictures(), "two.png"));
  await page.locator(".result").waitFor({ timeout: 90_000 });
  await page.waitForTimeout(5000);
  await shoot("photo");
  await open("learn");
  await shoot("learn");
  await page.locator("#tab-make").click();
  await start();
  await page.getByRole("button", { name: "This is my face at rest" }).click();
  await acceptRest(page, text, page.locator(".cues"));
  await page.waitForTimeout(2000);
  await shoot("make");
  await page.locator("#tab-quiz").click();
  await page.waitForTimeout(300);
  await shoot("quiz");
  await open("session");
  await start();
  await page.getByRole("button", { name: "Begin", exact: true }).click();
  await acceptRest(page, text, page.getByRole("timer"));
  await page.waitForTimeout(6000);
  await page.getByLabel("Marker", { exact: true }).fill("question 2");
  await page.getByRole("button", { name: "Set" }).click();
  await page.waitForTimeout(4000);
  await shoot("session");
  await open("teach");
  await start();
  await teach(page, "neutral", 0);
  await teach(page, "winks", 1);
  await page.getByRole("combobox", { name: text("teach.sticker_of").replace("{name}", "winks") }).selectOption({ label: text("teach.text_sticker") });
  await page.getByRole("combobox", { name: text("teach.sticker_of").replace("{name}", "neutral") }).selectOption({ label: "sun" });
  await page.evaluate(() => document.querySelector("main").scrollTo(0, 0));
  await page.waitForTimeout(3000);
  await shoot("teach");
  await open("about");
  await shoot("about");
  await close();
}
await server.close();

/** Teaches the face with that place among the choices. */
async function teach(page, name, face) {
  await page.getByRole("combobox", { name: text("teach.what"), exact: true }).selectOption({ label: text("teach.new_name") });
  await page.getByLabel(text("teach.name"), { exact: true }).fill(name);
  await page.getByRole("radio").nth(face).check();
  const take = page.getByRole("button", { name: text("teach.take").replace("{count}", "10") });
  await take.click();
  await page.getByRole("progressbar", { name: text("teach.hold") }).waitFor();
  await take.waitFor();
}
