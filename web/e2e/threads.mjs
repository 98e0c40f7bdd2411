/** Tests that the worker has threads on an isolated page and one thread elsewhere, with the same result. Usage: node e2e/threads.mjs */

import { openBrowser } from "./browser.mjs";
import { builtEngine, goldenPictures } from "./build.mjs";
import { furthest } from "./compare.mjs";
import { Report } from "./report.mjs";
import { serve } from "./serve.mjs";

const folders = { "/": await builtEngine(), "/golden/": goldenPictures() };
const report = new Report();

/** The results of a page that requests `threads` threads. @param {boolean} isolated @param {number} threads */
async function found(isolated, threads) {
  const server = await serve(folders, { isolated });
  const { context, close } = await openBrowser();
  try {
    const page = await context.newPage();
    report.watch(page, server.url);
    await page.goto(server.url);
    return await page.evaluate(async (wanted) => {
      const perception = window.engine.createPerception({}, { threads: wanted });
      await perception.load(() => undefined);
      const scene = await perception.photo(await window.engine.loadPicture("golden/two.png"));
      const state = await perception.state();
      perception.close();
      return { threads: state.threads, landmarks: scene.faces.map((face) => [...face.landmarksPx]).flat() };
    }, threads);
  } finally {
    await close();
    server.close();
  }
}

const [one, two, plain] = [await found(true, 1), await found(true, 2), await found(false, 2)];
report.equal("isolated, one thread wanted", String(one.threads), "1");
report.equal("isolated, two threads wanted", String(two.threads), "2");
report.equal("not isolated, two threads wanted", String(plain.threads), "1");
report.check("landmarks, two threads from one", furthest(one.landmarks, two.landmarks), "<=", 0.05, "px");
report.check("landmarks, not isolated from isolated", furthest(one.landmarks, plain.landmarks), "<=", 0.05, "px");
report.finish();
