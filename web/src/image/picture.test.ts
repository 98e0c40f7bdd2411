import { describe, expect, test } from "vitest";

import { cut, mirrorGrey, shrinkGrey, toGrey, warpGrey, warpRgb, type Picture } from "./picture";

/** A picture whose red is `values`, green twice and blue three times as much. */
function picture(values: number[][]): Picture {
  const data = new Uint8ClampedArray(values.flat().flatMap((value) => [value, 2 * value, 3 * value, 255]));
  return { data, widthPx: values[0].length, heightPx: values.length };
}

const ramp = picture([
  [0, 10, 20],
  [30, 40, 50],
]);

describe("warpRgb", () => {
  test("the identity keeps the pixels; beyond the picture it is black", () => {
    const out = new Float32Array(27);
    warpRgb(ramp, [1, 0, 0, 0, 1, 0], 3, 1, out);
    expect([...out.filter((_, i) => i % 3 === 0)]).toEqual([0, 10, 20, 30, 40, 50, 0, 0, 0]);
    expect([...out.subarray(3, 6)]).toEqual([10, 20, 30]);
  });

  test("half a pixel further is the mean, half a pixel out is half as bright", () => {
    const out = new Float32Array(12);
    warpRgb(ramp, [1, 0, 0.5, 0, 1, 0], 2, 1, out); // the crop lies half a pixel left of the picture
    expect([...out.filter((_, i) => i % 3 === 0)]).toEqual([0, 5, 15, 35]);
  });

  test("values are scaled after rounding", () => {
    const out = new Float32Array(3);
    warpRgb(ramp, [1, 0, -0.26, 0, 1, 0], 1, 1 / 255, out); // 2.6 rounds to 3
    expect(out[0]).toBeCloseTo(3 / 255, 7);
  });
});

test("grey is 0.299 red, 0.587 green and 0.114 blue", () => {
  const grey = toGrey({ data: new Uint8Array([255, 0, 0, 0, 0, 255, 0, 0, 0, 0, 255, 0]), widthPx: 3, heightPx: 1 }, [0, 0, 3, 1]);
  expect([...grey.data]).toEqual([76, 150, 29]);
});

test("grey beyond the right and the bottom repeats the last pixels", () => {
  const grey = toGrey({ data: new Uint8Array([50, 50, 50, 0, 90, 90, 90, 0]), widthPx: 2, heightPx: 1 }, [0, 0, 4, 2]);
  expect([...grey.data]).toEqual([50, 90, 90, 90, 50, 90, 90, 90]);
});

test("a cut copies pixels", () => {
  expect(cut(ramp, [1, 0, 3, 1]).data[4]).toBe(20);
});

test("shrinking averages and discards the rest", () => {
  const small = shrinkGrey({ data: new Uint8Array([0, 10, 99, 20, 30, 99]), widthPx: 3, heightPx: 2 }, 2);
  expect(small).toEqual({ data: new Uint8Array([15]), widthPx: 1, heightPx: 1 });
});

test("warpGrey repeats the edge", () => {
  const grey = { data: new Uint8Array([10, 20]), widthPx: 2, heightPx: 1 };
  expect([...warpGrey(grey, [1, 0, 1, 0, 1, 1], 3)]).toEqual([10, 10, 20, 10, 10, 20, 10, 10, 20]);
});

test("a mirror image has left and right exchanged", () => {
  const grey = { data: Uint8Array.of(1, 2, 3, 4, 5, 6), widthPx: 3, heightPx: 2 };
  expect(mirrorGrey(grey)).toEqual({ data: Uint8Array.of(3, 2, 1, 6, 5, 4), widthPx: 3, heightPx: 2 });
});
