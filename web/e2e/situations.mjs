/**
 * One person in situations that cameras meet, frame by frame through the built engine: never two faces, one id, at the
 * true place, with an expression wherever the face is not cut off. Usage: node e2e/situations.mjs [NAME…]
 *
 * Frames run one after the other, so a busy machine only takes longer.
 */

import { openBrowser } from "./browser.mjs";
import { builtEngine, situations } from "./build.mjs";
import { Report } from "./report.mjs";
import { serve } from "./serve.mjs";

/** The shares of frames, in percent, in which the face must be found, under one id, and labelled. @type {Record<string, {found: number, one: number, labelled: number}>} */
const EXPECTED = {
  far: { found: 98, one: 100, labelled: 95 },
  edge: { found: 95, one: 100, labelled: 95 },
  upright: { found: 98, one: 100, labelled: 98 },
};
/** Of the face's width: less of it in the picture need not be found. */
const ENOUGH_INSIDE = 0.6;
/** Of it, from where on the expression is expected. */
const WELL_INSIDE = 0.9;
/** Of it: the furthest that a face may be from its place. */
const NEAR = 0.25;

const { folder, fps, clips } = situations();
const given = process.argv.slice(2);
const server = await serve({ "/": await builtEngine(), "/situations/": folder });
const { context, close } = await openBrowser();
const report = new Report();
try {
  const page = await context.newPage();
  report.watch(page, server.url);
  await page.goto(server.url);
  await page.evaluate(async () => {
    window.perception = window.engine.createPerception({ classifyEveryS: 0.05, model: "emoar-s" });
    await window.perception.load(() => undefined);
  });
  for (const name of Object.keys(EXPECTED).filter((one) => given.length === 0 || given.includes(one))) {
    const rounds = 2; // a filter and a tracker begin in the first
    const seen = await page.evaluate(({ clip, rate, times }) => {
      window.perception.reset();
      return window.engine.playClip(window.perception, `situations/${clip}.mjpeg`, rate, times);
    }, { clip: name, rate: fps, times: rounds });
    check(name, seen, clips[name]);
  }
} finally {
  await close();
  server.close();
}
report.finish();

/** @param {string} name @param {readonly import("./engine/record").Seen[]} seen @param {readonly import("./build.mjs").Place[]} places */
function check(name, seen, places) {
  const { found, one, labelled } = EXPECTED[name];
  const frames = seen.map(({ number, faces }) => ({ faces, place: places[number] }));
  const inside = frames.filter(({ place }) => place.inside >= ENOUGH_INSIDE);
  const well = frames.filter(({ place, faces }) => place.inside >= WELL_INSIDE && faces.length > 0);
  const ids = seen.flatMap(({ faces }) => faces.map(({ id }) => id));
  const mostOfOne = Math.max(0, ...[...new Set(ids)].map((id) => ids.filter((other) => other === id).length));
  const far = well.map(({ faces: [{ box }], place }) => Math.hypot((box[0] + box[2]) / 2 - place.x_px, (box[1] + box[3]) / 2 - place.y_px) / place.face_px);
  report.check(`${name}: most faces in a frame`, Math.max(...seen.map(({ faces }) => faces.length)), "<=", 1);
  report.check(`${name}: frames in which it is found`, share(inside, ({ faces }) => faces.length > 0), ">=", found, "%");
  report.check(`${name}: of these, under one id`, (100 * mostOfOne) / ids.length, ">=", one, "%");
  report.check(`${name}: with an expression`, share(well, ({ faces: [face] }) => face.label !== "unsure"), ">=", labelled, "%");
  report.check(`${name}: furthest from its place, in face widths`, Math.max(...far), "<=", NEAR);
}

/** @template T @param {readonly T[]} all @param {(one: T) => boolean} is @returns {number} percent */
function share(all, is) {
  return (100 * all.filter(is).length) / all.length;
}
