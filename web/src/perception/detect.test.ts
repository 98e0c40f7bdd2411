import { expect, test } from "vitest";

import type { Picture } from "../image/picture";
import type { Models, Session } from "../modelSession";
import type { Detection } from "./anchors";
import { FaceDetector, merge } from "./detect";

const at = (x: number, score: number): Detection => ({ box: [x, 0, x + 10, 10], keypoints: [], score });

test("of two that overlap the better is kept, best first", () => {
  expect(merge([at(0, 0.6), at(2, 0.9), at(50, 0.95)])).toEqual([at(50, 0.95), at(2, 0.9)]);
});

test.each([
  ["the same box", [0, 0, 100], 1],
  ["overlapping", [40, 0, 100], 1],
  ["inside, IoU 0.09", [60, 60, 30], 1],
  ["two thirds inside", [80, 60, 30], 2],
  ["around, IoU 0.06", [-100, -100, 400], 1],
  ["elsewhere", [200, 0, 100], 2],
])("a detection %s of a better one", (_, [left, top, side], kept) => {
  const detected = (x: number, y: number, width: number, score: number): Detection => ({ box: [x, y, x + width, y + width], keypoints: [], score });
  const better = detected(0, 0, 100, 0.9);
  const found = merge([detected(left, top, side, 0.8), better]);
  expect(found).toHaveLength(kept);
  expect(found[0]).toBe(better);
});

/** A detector whose full range has these logits at one anchor of the tile, and those in each square around a hint. */
async function hinting(inTile: readonly number[], inSquare: number) {
  const runs: number[] = [];
  const session = (anchors: number, logit: (run: number) => number): Session => ({
    input: new Float32Array(3 * 192 * 192),
    run: async () => {
      const regressors = new Float32Array(16 * anchors);
      const logits = new Float32Array(anchors).fill(-20);
      if (anchors === 2304) runs.push(runs.length);
      const middle = anchors / 2 + 24;
      regressors.set([0, 0, 12, 12], 16 * middle);
      logits[middle] = logit(runs.length - 1);
      return { regressors, logits };
    },
    close: () => undefined,
  });
  const models = {
    open: async (name: string) =>
      name.includes("full") ? session(2304, (run) => (run < inTile.length ? inTile[run] : inSquare)) : session(896, () => -20),
  } as unknown as Models;
  return { detector: await FaceDetector.load(models), runs };
}

const PHOTO: Picture = { data: new Uint8Array(4 * 1920 * 240), widthPx: 1920, heightPx: 240 };

test.each([
  ["no face is searched no further after five squares", [-20, -1, -1.1, -1.2, -1.3, -1.4], -20, 6 + 5, 0],
  ["a face each is found in all of them", [-20, -1, -1.1, -1.2, -1.3, -1.4], 2, 6 + 5, 5],
  ["hints that are too weak are none", [-20, -5, -5, -5, -5, -5], 2, 6, 0],
])("a photo with hints at %s", async (_, inTile, inSquare, runs, found) => {
  const made = await hinting(inTile, inSquare);
  const faces = await made.detector.detectSmall(PHOTO, 24);
  expect(made.runs).toHaveLength(runs);
  expect(faces).toHaveLength(found);
});
