/**
 * The built engine on the fake camera, compared with what Python finds in the same frames.
 *
 * Usage: node e2e/live.mjs [--seconds 20] [--memory-minutes 1] [--threads 1] [--only two,one,memory] [--untimed]
 *
 * --untimed measures speed without checking it.
 */

import { parseArgs } from "node:util";

import { openBrowser } from "./browser.mjs";
import { builtEngine, cameraClip } from "./build.mjs";
import { Report } from "./report.mjs";
import { serve } from "./serve.mjs";
import { agreement, identities, median, percentile } from "./statistics.mjs";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "20" },
    "memory-minutes": { type: "string", default: "1" },
    threads: { type: "string", default: "1" },
    only: { type: "string", default: "two,one,memory" },
    untimed: { type: "boolean", default: false },
  },
});
const seconds = Number(values.seconds);
const parts = values.only.split(",");
const timed = { timed: true, never: values.untimed };
const clip = cameraClip();
const server = await serve({ "/": await builtEngine() });
const { context, close } = await openBrowser({ clip: clip.path, flags: ["--enable-precise-memory-info"] });
const report = new Report();
try {
  const page = await context.newPage();
  report.watch(page, server.url);
  await page.goto(server.url);
  const loadMs = await page.evaluate(async (threads) => {
    const { createPerception, createCamera } = window.engine;
    window.camera = createCamera();
    window.perception = createPerception({}, { threads });
    const started = performance.now();
    await window.perception.load(() => undefined);
    await window.camera.start({});
    return performance.now() - started;
  }, Number(values.threads));
  report.note("load and camera", `${loadMs.toFixed(0)} ms`);

  if (parts.includes("two")) {
    const two = await page.evaluate(async (length) => {
      window.perception.configure({ maxFaces: 4 });
      return window.engine.record(window.camera, window.perception, length, 2);
    }, seconds);
    const { labels, misses } = agreement(two.seen, clip.truth);
    const ids = identities(two.seen, clip.truth);
    report.check("two faces: labels equal Python's", 100 * labels, ">=", 95, "%");
    report.check("two faces: faces of Python's that are missing", 100 * misses, "<=", 3, "%", timed);
    report.check("two faces: ids of a person", ids.most, "<=", 1, "", timed);
    report.note("two faces: frames of each id", ids.text);
    report.note("two faces: longest time between scenes", `${(1000 * longestGap(two.seen)).toFixed(0)} ms`);
    report.note("two faces: inference", speed(two));
  }
  if (parts.includes("one")) {
    const one = await page.evaluate(async (length) => {
      window.perception.configure({ maxFaces: 1 });
      window.perception.reset();
      return window.engine.record(window.camera, window.perception, length, 2);
    }, seconds);
    report.check("one face: inferences", one.seen.length / one.seconds, ">=", 24, "fps", timed);
    report.check("one face: gap between drawn frames, p95", percentile(one.gapsMs, 0.95), "<=", 50, "ms", timed);
    report.note("one face: inference", speed(one));
  }
  if (parts.includes("memory")) {
    const minutes = values["memory-minutes"];
    const { before, after } = await page.evaluate(measureMemory, Number(minutes));
    report.check("tensors between runs", after.tensors, "<=", 0);
    report.check(`runtime memory, growth in ${minutes} min`, (after.heapBytes - before.heapBytes) / 1e6, "<=", 0, "MB");
    report.check(`page memory, growth in ${minutes} min`, (after.pageBytes - before.pageBytes) / 1e6, "<=", 20, "MB");
  }
  const state = await page.evaluate(() => window.perception.state());
  report.note("runtime", `${state.threads} thread(s), ${(state.heapBytes / 1e6).toFixed(0)} MB`);
} finally {
  await close();
  server.close();
}
report.finish();

/** @param {import("./engine/record").Record} record */
function speed({ seen, timingsMs, cameraFrames, seconds: length }) {
  const rows = timingsMs.map((one) => /** @type {Record<string, number>} */ (one));
  /** @param {string} stage */
  const of = (stage) => rows.map((row) => row[stage]);
  const stages = Object.keys(rows[0]).map((stage) => `${stage} ${median(of(stage)).toFixed(1)} (p10 ${percentile(of(stage), 0.1).toFixed(1)})`);
  const mean = of("total").reduce((sum, ms) => sum + ms, 0) / rows.length;
  return `${(seen.length / length).toFixed(1)} of ${(cameraFrames / length).toFixed(1)} fps; ms (median): ${stages.join(", ")}; mean ${mean.toFixed(1)}`;
}

/** @param {readonly import("./engine/record").Seen[]} seen */
function longestGap(seen) {
  return Math.max(...seen.slice(1).map(({ timeS }, i) => timeS - seen[i].timeS));
}

/** Runs in the page. @param {number} minutes */
async function measureMemory(minutes) {
  const { engine, camera, perception } = window;
  perception.configure({ maxFaces: 4 });
  const state = async () => {
    const { tensors, heapBytes } = await perception.state();
    const memory = await performance.measureUserAgentSpecificMemory();
    return { tensors, heapBytes, pageBytes: memory.bytes };
  };
  await engine.record(camera, perception, Math.min(60, 30 * minutes), 0);
  const before = await state();
  await engine.record(camera, perception, 60 * minutes, 0);
  return { before, after: await state() };
}
