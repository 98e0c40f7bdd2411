import { expect, test } from "vitest";

import type { Detection } from "./anchors";
import { merge } from "./detect";

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
