import { expect, test } from "vitest";

import { LANDMARK_COUNT } from "../canonical";
import { ALIGNMENT_POINTS } from "../faceLandmarks";
import { applyAffine, invertAffine, type Point } from "../maths/geometry";
import { align, alignmentMatrix, alignmentPoints, wholeBlocks } from "./align";

import framing from "../../../src/emoar/perception/fer2013_framing.json";

/** Landmarks with their alignment points at the template's, scaled and moved. */
function landmarks(scale: number, left: number, top: number): Float32Array {
  const points = new Float32Array(3 * LANDMARK_COUNT);
  ALIGNMENT_POINTS.forEach((group, k) => {
    const [x, y] = framing.points_px[k];
    for (const i of group) points.set([left + scale * x, top + scale * y], 3 * i);
  });
  return points;
}

test("the matrix maps the alignment points to the template", () => {
  const points = landmarks(3, 40, 50);
  const matrix = alignmentMatrix(points);
  alignmentPoints(points).forEach(([x, y], k) => {
    const [u, v] = applyAffine(matrix, x, y);
    expect(u).toBeCloseTo(framing.points_px[k][0], 3);
    expect(v).toBeCloseTo(framing.points_px[k][1], 3);
  });
});

test.each([1, 2.5, 4])("a ramp in a face %f times as large stays a ramp", (scale) => {
  const [widthPx, heightPx] = [260, 260];
  const data = new Uint8Array(4 * widthPx * heightPx);
  for (let i = 0; i < widthPx * heightPx; i++) data.fill(i % widthPx, 4 * i, 4 * i + 3);
  const points = landmarks(scale, 20, 30);
  const crop = align({ data, widthPx, heightPx }, points);
  const back = invertAffine(alignmentMatrix(points));
  for (const [x, y] of [[5, 5], [24, 30], [44, 40]] as Point[]) {
    expect(Math.abs(crop.data[48 * y + x] - applyAffine(back, x, y)[0])).toBeLessThan(1.01); // rounded twice
  }
});

test("landmarks that move by 0.01 px move no pixel by more than two levels, at any size of the face", () => {
  const [widthPx, heightPx] = [330, 330];
  const value = (x: number, y: number) => 127 + 60 * Math.sin(x / 2) + 60 * Math.sin(y / 3);
  const data = new Uint8Array(4 * widthPx * heightPx);
  for (let i = 0; i < widthPx * heightPx; i++) data.fill(value(i % widthPx, Math.floor(i / widthPx)), 4 * i, 4 * i + 3);
  for (let scale = 0.8; scale < 6; scale *= 1.013) {
    const [one, other] = [20, 20.01].map((left) => align({ data, widthPx, heightPx }, landmarks(scale, left, left)).data);
    expect(Math.max(...one.map((level, i) => Math.abs(level - other[i])))).toBeLessThanOrEqual(2);
  }
});

test.each([
  [[2.5, 7.2, 1, 20], [2, 8]],
  [[2.5, 7.2, 4, 20], [0, 8]],
  [[-9, 50, 4, 18], [0, 20]],
  [[30, 40, 4, 18], [16, 20]],
  [[0, 2, 8, 5], [0, 8]],
] as const)("the blocks of %j are %j", ([low, high, span, length], expected) => {
  expect(wholeBlocks(low, high, span, length)).toEqual(expected);
});
