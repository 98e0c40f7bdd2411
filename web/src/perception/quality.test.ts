import { expect, test } from "vitest";

import { LANDMARK_COUNT } from "../canonical";
import { LEFT_EYE_OUTER, RIGHT_EYE_OUTER } from "../faceLandmarks";
import { rotationAbout } from "../maths/linearAlgebra";
import { apparentYawDeg, assess, contrast, sharpness } from "./quality";

const chequered = { data: Uint8Array.from({ length: 48 * 48 }, (_, i) => ((i + Math.floor(i / 48)) % 2) * 60), widthPx: 48, heightPx: 48 };
/** A crop whose values are `value(x, y)`. */
function crop(value: (x: number, y: number) => number) {
  return { ...chequered, data: Uint8Array.from({ length: 48 * 48 }, (_, i) => Math.round(value(i % 48, Math.floor(i / 48)))) };
}

const flat = crop(() => 90);
/** Waves of 24 px and smaller ones of 4 px, with a gain and on a mean. */
const waves = (gain: number, middle: number) =>
  crop((x, y) => middle + gain * (80 * Math.sin((2 * Math.PI * x) / 24) + 30 * Math.sin((2 * Math.PI * (y + 0.5)) / 4)));
/** Waves of 24 px alone: blurred. */
const soft = (gain: number, middle: number) => crop((x) => middle + gain * 80 * Math.sin((2 * Math.PI * x) / 24));

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
  [["turned_away"], landmarks(60), pose(0.82), chequered],
  [[], landmarks(60), pose(0.75), chequered],
  [["cut_off"], landmarks(60, -5), pose(0), chequered],
  [["too_small", "too_blurred"], landmarks(8), pose(0), soft(1, 128)],
  [["too_blurred"], landmarks(60), pose(0), soft(0.1, 12)],
  [[], landmarks(60), pose(0), waves(0.1, 12)],
  [[], landmarks(60), pose(0), waves(0.1, 230)],
  [["too_dark"], landmarks(60), pose(0), waves(0.02, 2)],
  [["too_dark"], landmarks(60), pose(0), soft(0.02, 2)],
  [["too_dark"], landmarks(60), pose(0), flat],
  [["too_bright"], landmarks(60), pose(0), waves(0.02, 250)],
])("%j", (reasons, points, turned, crop) => {
  const quality = assess(points, turned, crop, 640, 480);
  expect(quality).toMatchObject({ reasons, usable: reasons.length === 0 });
});

test("sharpness is the variance of the Laplacian over that of the crop, without the rounding", () => {
  expect(sharpness(flat)).toBe(0);
  expect(sharpness(chequered)).toBeCloseTo((240 ** 2 - 20 / 12) / (30 ** 2 - 1 / 12), 6);
  const dot = { data: new Uint8Array([0, 0, 0, 0, 9, 0, 0, 0, 0]), widthPx: 3, heightPx: 3 };
  // the middle -36, the edges 18 (the middle counts twice where the picture is mirrored), the corners 0
  const detail = (36 ** 2 + 4 * 18 ** 2) / 9 - ((4 * 18 - 36) / 9) ** 2;
  expect(sharpness(dot)).toBeCloseTo((detail - 20 / 12) / (8 - 1 / 12), 5);
});

test.each([0.5, 0.2, 0.1])("light of %f changes neither the sharpness nor the ratio of contrasts", (gain) => {
  expect(sharpness(waves(gain, 128 * gain))).toBeCloseTo(sharpness(waves(1, 128)), 1);
  expect(contrast(waves(gain, 128 * gain)) / contrast(waves(1, 128))).toBeCloseTo(gain, 2);
});

test("yaw is counted from the line of sight", () => {
  expect(apparentYawDeg(pose(0.5))).toBeCloseTo((0.5 * 180) / Math.PI, 4);
  expect(apparentYawDeg(pose(-Math.PI / 4, 50))).toBeCloseTo(0, 4); // to our right, facing us
});
