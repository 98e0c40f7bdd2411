import { describe, expect, test } from "vitest";

import { letterbox } from "./letterbox";
import { cut, type GreyPicture, toGrey, warpRgb } from "./picture";
import type { YuvPicture } from "./types";
import { coloursOf, meansOfYuv, planesOf, rgbaOfYuv } from "./yuv";

type Colour = readonly [number, number, number];

/** A picture whose colour is the same in each square of four, as a camera would encode it. */
function picture(widthPx: number, heightPx: number, colour: (x: number, y: number) => Colour, { interleaved = false, space = {} as VideoColorSpaceInit } = {}): YuvPicture {
  const form = { widthPx, heightPx, interleaved };
  const { cb, cr, step, columns, bytes } = planesOf(form);
  const data = new Uint8Array(bytes);
  const [red, blue] = space.matrix === "bt709" ? [0.2126, 0.0722] : [0.299, 0.114];
  for (let y = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++) {
      const [r, g, b] = colour(x, y);
      const grey = red * r + (1 - red - blue) * g + blue * b;
      const at = step * ((y >> 1) * columns + (x >> 1));
      data[y * widthPx + x] = Math.round(space.fullRange ? grey : 16 + (219 * grey) / 255);
      data[cb + at] = Math.round(128 + ((b - grey) / (2 * (1 - blue))) * (space.fullRange ? 1 : 224 / 255));
      data[cr + at] = Math.round(128 + ((r - grey) / (2 * (1 - red))) * (space.fullRange ? 1 : 224 / 255));
    }
  }
  return { ...form, data, colours: coloursOf(space)! };
}

const PAINT: Colour[] = [[200, 40, 30], [20, 180, 60], [10, 30, 220], [240, 240, 240], [0, 0, 0], [120, 90, 60]];
const painted = (x: number, y: number): Colour => PAINT[((x >> 1) + 3 * (y >> 1)) % PAINT.length];
const smooth = (x: number, y: number): Colour => [60 + 2 * x, 90 + y, 150 - x];

/** The largest difference. */
function apart(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
}

describe.each<[string, { interleaved: boolean; space: VideoColorSpaceInit }]>([
  ["one plane of colours, nothing reported", { interleaved: true, space: {} }],
  ["two planes, BT.601", { interleaved: false, space: { matrix: "smpte170m", fullRange: false } }],
  ["two planes, BT.601 in full range", { interleaved: false, space: { matrix: "bt470bg", fullRange: true } }],
  ["one plane, BT.709", { interleaved: true, space: { matrix: "bt709", fullRange: false } }],
])("a picture of %s", (_, made) => {
  test("has the colours that were encoded, also where its sides are odd", () => {
    const { data } = rgbaOfYuv(picture(13, 7, painted, made), [0, 0, 13, 7]);
    const wanted = Array.from({ length: 91 }, (_, i) => [...painted(i % 13, Math.floor(i / 13)), 255]).flat();
    expect(apart(data, wanted)).toBeLessThanOrEqual(3); // two roundings, of which one is amplified
  });

  test("gives what the same picture gives in RGBA", () => {
    const yuv = picture(64, 48, smooth, made);
    const rgba = cut(yuv, [0, 0, 64, 48]);
    const [a, b] = [new Float32Array(3 * 20 * 20), new Float32Array(3 * 20 * 20)];
    for (const matrix of [[0.5, 0.1, -3, -0.1, 0.5, -2], [0.4, 0, 6, 0, 0.4, 5]] as const) { // inside, and over the edge
      warpRgb(yuv, matrix, 20, 1, a);
      warpRgb(rgba, matrix, 20, 1, b);
      expect(apart(a, b)).toBeLessThanOrEqual(4);
    }
    const grey = (from: typeof yuv | typeof rgba): GreyPicture => toGrey(from, [40, 30, 70, 52]); // also beyond the edge
    expect(apart(grey(yuv).data, grey(rgba).data)).toBeLessThanOrEqual(1);
    const [c, d] = [new Float32Array(3 * 16 * 16), new Float32Array(3 * 16 * 16)];
    expect(letterbox(yuv, 16, c)).toEqual(letterbox(rgba, 16, d));
    expect(127.5 * apart(c, d)).toBeLessThanOrEqual(2);
  });
});

test("the mean of a square", () => {
  const checks = picture(8, 4, (x, y) => ((x + y) & 1 ? [255, 255, 255] : [0, 0, 0]));
  const { data, widthPx, heightPx } = meansOfYuv(checks, 4);
  expect([widthPx, heightPx]).toEqual([2, 1]);
  expect(apart(data, [128, 128, 128, 255, 128, 128, 128, 255])).toBeLessThanOrEqual(1);
});

test("a picture that cannot be halved as often as it is to be is reduced too", () => {
  const out = new Float32Array(3 * 8 * 8);
  letterbox(picture(66, 50, () => [100, 100, 100]), 8, out); // 66 / 2 is odd
  const row = Array.from(out.subarray(3 * 8 * 3, 3 * 8 * 4), (value) => 127.5 * (value + 1));
  expect(apart(row, Array<number>(24).fill(100))).toBeLessThanOrEqual(1);
});

test("colours that no camera gives are not guessed", () => {
  expect(coloursOf({ matrix: "rgb" })).toBeUndefined();
  expect(coloursOf({ matrix: "bt2020-ncl" as VideoMatrixCoefficients })).toBeUndefined();
});
