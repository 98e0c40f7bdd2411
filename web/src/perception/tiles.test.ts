import { expect, test } from "vitest";

import type { Picture } from "../image/picture";
import { Halvings, isNearMiddle, tileAround, tileInto, tiles } from "./tiles";

/** A picture with these grey levels. */
function grey(widthPx: number, heightPx: number, level: (x: number, y: number) => number): Picture {
  const data = new Uint8Array(4 * widthPx * heightPx).fill(255);
  for (let i = 0; i < widthPx * heightPx; i++) data.fill(level(i % widthPx, Math.floor(i / widthPx)), 4 * i, 4 * i + 3);
  return { data, widthPx, heightPx };
}

test("a small picture is searched as a whole, with a border", () => {
  expect(tiles(220, 200, 24, 1000)).toEqual([{ leftPx: -18, topPx: -28, sidePx: 255 }]);
});

test("tiles reach beyond every edge, overlap, and come coarse first, as in Python", () => {
  const found = tiles(4000, 1600, 24, 1000);
  expect(found.slice(0, 3)).toEqual([
    { leftPx: -320, topPx: -1520, sidePx: 4640 },
    { leftPx: -186, topPx: -363, sidePx: 2326 },
    { leftPx: 1860, topPx: -363, sidePx: 2326 },
  ]);
  expect(found.slice(3, 9).map(({ leftPx }) => leftPx)).toEqual([-37, 365, 766, 1168, 1569, 1971]);
  expect(found.at(-1)).toEqual({ leftPx: 3577, topPx: 1177, sidePx: 460 });
});

test.each([
  [1920, 1080, 120, 15, 441],
  [1632, 1224, 120, 12, 471],
  [4000, 3000, 120, 84, 457],
  [7300, 5500, 120, 114, 698],
  [20000, 1200, 120, 118, 633],
  [4000, 3000, 16, 12, 1154],
])("the tiles of a picture of %i x %i are bounded by %i, as in Python", (width, height, most, count, smallest) => {
  const [, ...found] = tiles(width, height, 24, most);
  expect(found).toHaveLength(count);
  expect(Math.min(...found.map(({ sidePx }) => sidePx))).toBe(smallest);
});

test.each([
  { leftPx: -40, topPx: -30, sidePx: 300 },
  { leftPx: 400, topPx: 250, sidePx: 300 },
  { leftPx: -60, topPx: -120, sidePx: 760 },
])("a point of the tile %j is where the numbers put it", (tile) => {
  const [x, y] = [tile.leftPx + 0.5 * tile.sidePx, tile.topPx + 0.45 * tile.sidePx];
  const picture = grey(640, 480, (u, v) => (Math.hypot(u - x, v - y) < 12 ? 255 : 0));
  const out = new Float32Array(3 * 128 * 128);
  const { scale, leftPx, topPx } = tileInto(new Halvings(picture), tile, 128, out);
  let [sumX, sumY, count] = [0, 0, 0];
  for (let i = 0; i < 128 * 128; i++) {
    if (out[3 * i] < 0) continue;
    sumX += i % 128;
    sumY += Math.floor(i / 128);
    count++;
  }
  expect(Math.abs(sumX / count - (x * scale + leftPx))).toBeLessThan(0.8);
  expect(Math.abs(sumY / count - (y * scale + topPx))).toBeLessThan(0.8);
});

test("a tile has its point in the middle", () => {
  const tile = tileAround([100.2, 50], 80);
  expect(tile).toEqual({ leftPx: 60, topPx: 10, sidePx: 80 });
  expect(isNearMiddle(tile, [119, 31], 0.5)).toBe(true);
  expect(isNearMiddle(tile, [121, 50], 0.5)).toBe(false);
  expect(isNearMiddle(tile, [100, 29], 0.5)).toBe(false);
});
