import { expect, test } from "vitest";

import { LANDMARK_COUNT } from "../canonical";
import { LEFT_EYE_OUTER, RIGHT_EYE_OUTER } from "../faceLandmarks";
import { rotationAbout } from "../maths/linearAlgebra";
import { assess, sharpness, apparentYawDeg } from "./quality";

const chequered = { data: Uint8Array.from({ length: 48 * 48 }, (_, i) => ((i + Math.floor(i / 48)) % 2) * 60), widthPx: 48, heightPx: 48 };
const flat = { ...chequered, data: new Uint8Array(48 * 48).fill(90) };

function pose(yaw: number, x = 0): Float32Array {
  const r = rotationAbout([0, yaw, 0]);
  return new Float32Array([r[0], r[3], r[6], 0, r[1], r[4], r[7], 0, r[2], r[5], r[8], 0, x, 0, -50, 1]);
}

function landmarks(eyes: number, x = 200): Float32Array {
  const points = new Float32Array(3 * LANDMARK_COUNT);
  for (let i = 0; i < LANDMARK_COUNT; i++) points.set([x, 200], 3 * i);
  points[3 * RIGHT_EYE_OUTER] = x - eyes / 2;
  points[3 * LEFT_EYE_OUTER] = x + eyes / 2;
  return points;
}

test.each([
  [[], landmarks(60), pose(0), chequered],
  [["too_small"], landmarks(8), pose(0), chequered],
  [["turned_away"], landmarks(60), pose(-1), chequered],
  [["cut_off"], landmarks(60, -5), pose(0), chequered],
  [["too_small", "too_blurred"], landmarks(8), pose(0), flat],
])("%j", (reasons, points, turned, crop) => {
  const quality = assess(points, turned, crop, 640, 480);
  expect(quality).toMatchObject({ reasons, usable: reasons.length === 0 });
});

test("sharpness is the variance of the Laplacian", () => {
  expect(sharpness(flat)).toBe(0);
  expect(sharpness(chequered)).toBe(240 ** 2);
  const dot = { data: new Uint8Array([0, 0, 0, 0, 9, 0, 0, 0, 0]), widthPx: 3, heightPx: 3 };
  // the middle -36, the edges 18 (the middle counts twice where the picture is mirrored), the corners 0
  expect(sharpness(dot)).toBeCloseTo((36 ** 2 + 4 * 18 ** 2) / 9 - ((4 * 18 - 36) / 9) ** 2, 9);
});

test("yaw is counted from the line of sight", () => {
  expect(apparentYawDeg(pose(0.5))).toBeCloseTo((0.5 * 180) / Math.PI, 4);
  expect(apparentYawDeg(pose(-Math.PI / 4, 50))).toBeCloseTo(0, 4); // to our right, facing us
});
