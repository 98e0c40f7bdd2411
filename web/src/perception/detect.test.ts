import { expect, test } from "vitest";

import type { Detection } from "./anchors";
import { merge, tiles } from "./detect";

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

test("a small picture needs no tiles", () => {
  expect(tiles(280, 200, 24, 1000)).toEqual([]);
});

test("tiles reach every edge, overlap, and come coarse first", () => {
  const found = tiles(1000, 400, 24, 1000); // sides 720 and 288
  expect(found[0]).toEqual([0, 0, 720, 400]);
  const fine = found.filter(([left, , right]) => right - left === 288);
  expect(fine.map(([left]) => left)).toEqual([0, 178, 356, 534, 712, 0, 178, 356, 534, 712]);
  expect(fine.at(-1)).toEqual([712, 112, 1000, 400]);
});

test.each([
  [1920, 1080, 160, 55, 288],
  [4000, 3000, 160, 154, 403],
  [7300, 5500, 160, 154, 732],
  [20000, 1200, 160, 160, 602],
  [4000, 3000, 40, 36, 857],
])("the tiles of a picture of %i x %i are bounded by %i, as in Python", (width, height, most, count, smallest) => {
  const found = tiles(width, height, 24, most);
  expect(found).toHaveLength(count);
  expect(Math.min(...found.map(([left, , right]) => right - left))).toBe(smallest);
});
