import { expect, test } from "vitest";

import type { Picture } from "../image/picture";
import { Halvings, tileInto, tiles } from "./tiles";

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
  const found = tiles(1000, 400, 24, 1000);
  expect(found.slice(0, 3)).toEqual([
    { leftPx: -80, topPx: -380, sidePx: 1160 },
    { leftPx: -47, topPx: -94, sidePx: 589 },
    { leftPx: 458, topPx: -94, sidePx: 589 },
  ]);
  expect(found.slice(3, 9).map(({ leftPx }) => leftPx)).toEqual([-16, 152, 319, 486, 653, 821]);
  expect(found.at(-1)).toEqual({ leftPx: 821, topPx: 221, sidePx: 195 });
});

test.each([
  [1920, 1080, 320, 68, 224],
  [1632, 1224, 320, 72, 212],
  [4000, 3000, 320, 307, 250],
  [7300, 5500, 320, 307, 458],
  [20000, 1200, 320, 311, 364],
  [4000, 3000, 40, 34, 779],
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
