import { describe, expect, test } from "vitest";

import { anchorCentres, decode, FULL_RANGE, SHORT_RANGE, weightedNms, type Detection } from "./anchors";

describe("anchors", () => {
  test.each([
    [SHORT_RANGE, 896],
    [FULL_RANGE, 2304],
  ])("$model has as many as its outputs", (grid, count) => {
    expect(anchorCentres(grid).length).toBe(2 * count);
  });

  test("they go row by row, in pairs at first", () => {
    expect([...anchorCentres(SHORT_RANGE).subarray(0, 6)]).toEqual([4, 4, 4, 4, 12, 4]);
  });
});

describe("decode", () => {
  const centres = new Float32Array([10, 20, 30, 40]);
  const regressors = new Float32Array(32);
  regressors.set([1, 2, 8, 4, 3, 3], 16);

  test("box and key points lie around the anchor of a good score", () => {
    const [face, ...others] = decode(regressors, new Float32Array([-9, 2]), centres, 0.5);
    expect(others).toEqual([]);
    expect(face.box).toEqual([27, 40, 35, 44]);
    expect(face.keypoints[0]).toEqual([33, 43]);
    expect(face.score).toBeCloseTo(0.8808, 4);
  });

  test("boxes without area and NaN scores are left out", () => {
    expect(decode(regressors, new Float32Array([9, -9]), centres, 0.5)).toEqual([]);
    expect(decode(regressors, new Float32Array([NaN, NaN]), centres, 0.5)).toEqual([]);
  });
});

describe("weighted NMS", () => {
  const at = (x: number, score: number): Detection => ({ box: [x, 0, x + 10, 10], keypoints: [[x, 5]], score });

  test("overlapping ones become their weighted mean, with the best score", () => {
    const [merged, far] = weightedNms([at(1, 0.3), at(100, 0.6), at(0, 0.9)], 0.3);
    expect(merged.box[0]).toBeCloseTo(0.25, 9);
    expect(merged.keypoints[0][0]).toBeCloseTo(0.25, 9);
    expect(merged.score).toBe(0.9);
    expect(far.box[0]).toBe(100);
  });

  test("no detections give none", () => {
    expect(weightedNms([], 0.3)).toEqual([]);
  });
});
