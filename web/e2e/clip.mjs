/**
 * Runs every frame of the clip through the built engine and compares labels and ids with Python's. Usage: node e2e/clip.mjs
 *
 * Frames run one after the other, so a busy machine only takes longer. A second run skips frames, as a slow machine
 * would: each person must keep one id.
 */

import { dirname } from "node:path";

import { openBrowser } from "./browser.mjs";
import { builtEngine, cameraClip } from "./build.mjs";
import { serve } from "./serve.mjs";
import { agreement, identities, median, offsets, percentile } from "./statistics.mjs";
import { Report } from "./report.mjs";

const clip = cameraClip();
const server = await serve({ "/": await builtEngine(), "/clip/": dirname(clip.path) });
const { context, close } = await openBrowser({ flags: ["--enable-precise-memory-info"] });
const report = new Report();
try {
  const page = await context.newPage();
  report.watch(page, server.url);
  await page.goto(server.url);
  const seen = await page.evaluate(async (fps) => {
    const perception = window.engine.createPerception({ classifyEveryS: 0.05, model: "emoar-s" });
    window.perception = perception;
    await perception.load(() => undefined);
    return window.engine.playClip(perception, "clip/clip.mjpeg", fps, 2);
  }, clip.truth.fps);
  const { labels, misses, compared } = agreement(seen, clip.truth);
  const ids = identities(seen, clip.truth);
  report.note("frames, faces compared", `${seen.length}, ${compared}`);
  report.check("labels equal Python's", 100 * labels, ">=", 95, "%");
  report.check("faces of Python's that are missing", 100 * misses, "<=", 2, "%");
  report.check("ids of a person in 20 s", ids.most, "<=", 1);
  report.note("frames of each id", ids.text);
  const far = offsets(seen, clip.truth);
  report.check("face from its true place, median", median(far), "<=", 3, "px");
  report.check("face from its true place, 95 % of frames", percentile(far, 0.95), "<=", 6, "px");
  for (const step of [6, 10, 15]) {
    const few = await page.evaluate(([fps, each]) => {
      window.perception.reset();
      return window.engine.playClip(window.perception, "clip/clip.mjpeg", fps, 2, each);
    }, [clip.truth.fps, step]);
    const { most, text } = identities(few, clip.truth);
    report.check(`ids of a person at ${clip.truth.fps / step} frames a second`, most, "<=", 1);
    report.note(`frames of each id at ${clip.truth.fps / step} a second`, text);
  }
  const state = await page.evaluate(() => window.perception.state());
  report.check("tensors after all that", state.tensors, "<=", 0);
} finally {
  await close();
  server.close();
}
report.finish();
