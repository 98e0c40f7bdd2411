/**
 * The built engine in a browser finds in the golden pictures what Python finds. Usage: node e2e/golden.mjs
 *
 * Tolerances: landmarks 1 px at 640x480 (as much more as a picture is higher), pose 2 degrees, probabilities 0.02.
 */

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { WEB } from "../scripts/files.mjs";
import { openBrowser } from "./browser.mjs";
import { builtEngine, goldenPictures } from "./build.mjs";
import { compareFaces, largest } from "./compare.mjs";
import { serve } from "./serve.mjs";

const GOLDEN = join(WEB, "..", "tests", "golden");
const LIMITS = { landmarks: 1, pose: 2, depth: 0.02, probabilities: 0.02, detections: 1.5, crop: 2, quality: 0.05 };

const server = await serve({ "/": await builtEngine(), "/golden/": goldenPictures() });
const { context, close } = await openBrowser();
const problems = [];
try {
  const page = await context.newPage();
  page.on("pageerror", (error) => problems.push(`page: ${error.message}`));
  await page.goto(server.url);
  await page.evaluate(async () => {
    const { createPerception } = window.engine;
    window.perception = createPerception();
    await window.perception.load(() => undefined);
  });
  /** @type {Record<string, Record<string, number>>} */
  const table = {};
  for (const file of (await readdir(GOLDEN)).filter((name) => name.endsWith(".json")).sort()) {
    const name = file.replace(".json", "");
    const golden = JSON.parse(await readFile(join(GOLDEN, file), "utf8"));
    const found = await page.evaluate(seen, name);
    const scale = Math.max(golden.height_px / 480, 1);
    /** @type {Record<string, number>} */
    const row = { faces: found.small.length, ...compareFaces(golden, found, scale) };
    table[name] = row;
    if (found.small.length !== golden.faces.length) problems.push(`${name}: ${found.small.length} faces, not ${golden.faces.length}`);
    for (const [what, limit] of Object.entries(LIMITS)) {
      if (!(row[what] <= limit)) problems.push(`${name}: ${what} differ by ${row[what]}, more than ${limit}`);
    }
  }
  console.table(table);
  console.log(`largest: ${JSON.stringify(largest(Object.values(table)))}`);
} finally {
  await close();
  server.close();
}
if (problems.length > 0) {
  console.error(problems.join("\n"));
  process.exit(1);
}
console.log(`golden: all within ${JSON.stringify(LIMITS)}`);

/** Runs in the page: both models' scenes of a picture, and the stages that no scene shows. @param {string} name */
async function seen(name) {
  const { engine, perception } = window;
  const picture = () => engine.loadPicture(`golden/${name}.png`);
  const plain = (/** @type {import("../src/types").Scene} */ scene) =>
    scene.faces.map((face) => ({
      ...face,
      landmarksPx: [...face.landmarksPx],
      pose: [...face.pose],
      expression: { ...face.expression, ferplus: [...face.expression.ferplus], fer2013: [...face.expression.fer2013] },
    }));
  perception.configure({ model: "emoar-m" });
  const medium = await perception.photo(await picture());
  perception.configure({ model: "emoar-s" });
  const small = await perception.photo(await picture());
  const stages = await engine.runStages(await picture(), small.faces.map((face) => face.landmarksPx));
  return { small: plain(small), medium: plain(medium), stages };
}
