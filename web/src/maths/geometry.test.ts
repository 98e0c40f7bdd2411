import { describe, expect, test } from "vitest";

import {
  applyAffine,
  areaOfBox,
  boxOfPoints,
  forPart,
  intersectionOverSmaller,
  invertAffine,
  iou,
  project,
  regionMatrix,
  roundHalfEven,
  similarityBetween,
  unproject,
} from "./geometry";

describe("boxes", () => {
  test("box of points, with other numbers between", () => {
    expect(boxOfPoints([1, 5, 99, 3, 2, -99], 3)).toEqual([1, 2, 3, 5]);
  });

  test.each([
    [[0, 0, 2, 2], [0, 0, 2, 2], 1],
    [[0, 0, 2, 2], [1, 0, 3, 2], 1 / 3],
    [[0, 0, 1, 1], [2, 2, 3, 3], 0],
    [[0, 0, 0, 0], [0, 0, 0, 0], 0],
  ] as const)("iou of %j and %j", (a, b, expected) => {
    expect(iou(a, b)).toBeCloseTo(expected, 9);
  });

  test("intersection over the smaller is 1 where one box lies in the other", () => {
    expect(intersectionOverSmaller([0, 0, 10, 10], [2, 2, 4, 4])).toBe(1);
    expect(intersectionOverSmaller([0, 0, 10, 10], [8, 0, 12, 4])).toBe(0.5);
    expect(intersectionOverSmaller([0, 0, 10, 10], [20, 0, 30, 4])).toBe(0);
  });

  test("a box with negative sides is empty", () => {
    expect(areaOfBox([3, 3, 1, 1])).toBe(0);
  });
});

describe("affine", () => {
  const matrix = regionMatrix({ centreXPx: 100, centreYPx: 50, sidePx: 40, angleRad: 0.3 }, 192);

  test("a region's centre is the crop's centre, its right edge the crop's", () => {
    expect(applyAffine(matrix, 100, 50)).toEqual([expect.closeTo(95.5), expect.closeTo(95.5)]);
    const [x, y] = [100 + 20 * Math.cos(0.3), 50 + 20 * Math.sin(0.3)];
    expect(applyAffine(matrix, x, y)).toEqual([expect.closeTo(191.5), expect.closeTo(95.5)]);
  });

  test("the inverse leads back", () => {
    const [x, y] = applyAffine(matrix, 7, -3);
    expect(applyAffine(invertAffine(matrix), x, y)).toEqual([expect.closeTo(7), expect.closeTo(-3)]);
  });

  test("a part's matrix takes the part's own pixels", () => {
    const [x, y] = applyAffine(matrix, 12, 34);
    expect(applyAffine(forPart(matrix, 10, 30), 2, 4)).toEqual([expect.closeTo(x), expect.closeTo(y)]);
  });

  test("similarity recovers a rotation, a scale and a shift", () => {
    const source = [[0, 0], [4, 0], [0, 3], [5, 5]] as const;
    const wanted = [0.6, -0.8, 5, 0.8, 0.6, -7] as const;
    const found = similarityBetween(source, source.map(([x, y]) => applyAffine(wanted, x, y)));
    found.forEach((value, i) => expect(value).toBeCloseTo(wanted[i], 9));
  });
});

test("unproject leads back from project", () => {
  const pixel = project([3, -4, -50], 640, 480, 45);
  expect(unproject(pixel, 50, 640, 480, 45)).toEqual([expect.closeTo(3), expect.closeTo(-4), -50]);
});

test("a point on the axis is in the picture's centre, and y is up", () => {
  expect(project([0, 0, -10], 641, 481, 60)).toEqual([320, 240]);
  expect(project([0, 1, -10], 641, 481, 60)[1]).toBeLessThan(240);
});

test.each([[0.5, 0], [1.5, 2], [2.5, 2], [2.4, 2], [2.6, 3], [7, 7]])("%f rounds to %i", (value, expected) => {
  expect(roundHalfEven(value)).toBe(expected);
});
