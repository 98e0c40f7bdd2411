/**
 * Tests that the overlay follows: the drawn position of each face against its true position in the clip. Usage: node e2e/ui-follow.mjs
 *
 * A scene is drawn over its own frame, so a busy machine delays the picture but moves nothing in it.
 */

import { dirname } from "node:path";

import { openBrowser } from "./browser.mjs";
import { builtEngine, cameraClip } from "./build.mjs";
import { Report } from "./report.mjs";
import { serve } from "./serve.mjs";
import { median } from "./statistics.mjs";

const clip = cameraClip();
const server = await serve({ "/": await builtEngine(), "/clip/": dirname(clip.path) });
const { context, close } = await openBrowser();
const report = new Report();
try {
  const page = await context.newPage();
  report.watch(page, server.url);
  await page.goto(server.url);
  const drawn = await page.evaluate(async (fps) => {
    const perception = window.engine.createPerception({ classifyEveryS: 0.1, model: "emoar-s" });
    await perception.load(() => undefined);
    return window.engine.follow(perception, "clip/clip.mjpeg", fps);
  }, clip.truth.fps);
  const distances = errors(drawn);
  report.note("faces compared", String(distances.length));
  report.check("distance of the drawn face, median", median(distances), "<=", 3, "px");
  report.check("distance of the drawn face, most", Math.max(...distances), "<=", 6, "px");
} finally {
  await close();
  server.close();
}
report.finish();

/** Of each visible face, the distance of what is drawn nearest to it; none where it is not found yet. @param {{xPx: number, yPx: number}[][]} drawn */
function errors(drawn) {
  const farthest = 40; // beyond it, it is the other face
  return drawn.flatMap((faces, i) =>
    Object.values(clip.truth.frames[i].truth).flatMap(({ centroid_px: [x, y], visible }) => {
      const nearest = Math.min(...faces.map(({ xPx, yPx }) => Math.hypot(xPx - x, yPx - y)));
      return visible && nearest < farthest ? [nearest] : [];
    }),
  );
}
