import { expect, test } from "vitest";

import { LANDMARK_COUNT } from "../canonical";
import { LEFT_EYE_OUTER, RIGHT_EYE_OUTER } from "../faceLandmarks";
import { regionMatrix } from "../maths/geometry";
import { regionOfDetection, regionOfLandmarks, sameRegion, toPicture } from "./mesh";

/** All landmarks in a point but the eyes and two at the far ends. */
function face(turn: (x: number, y: number) => [number, number]): Float32Array {
  const points = new Float32Array(3 * LANDMARK_COUNT);
  for (let i = 0; i < LANDMARK_COUNT; i++) points.set(turn(0, 0), 3 * i);
  points.set(turn(-30, -10), 3 * RIGHT_EYE_OUTER);
  points.set(turn(30, -10), 3 * LEFT_EYE_OUTER);
  points.set(turn(0, -50), 3 * 10);
  points.set(turn(0, 70), 3 * 152);
  return points;
}

test("an upright face's region is its box, half as large again", () => {
  const region = regionOfLandmarks(face((x, y) => [100 + x, 200 + y]));
  expect(region).toEqual({ centreXPx: 100, centreYPx: 210, sidePx: 180, angleRad: 0 });
});

test("a turned face's region turns with it", () => {
  const region = regionOfLandmarks(face((x, y) => [100 - y, 200 + x])); // a quarter turn clockwise
  expect(region.angleRad).toBeCloseTo(Math.PI / 2, 6);
  expect(region.sidePx).toBeCloseTo(180, 4);
  expect([region.centreXPx, region.centreYPx]).toEqual([expect.closeTo(90, 4), expect.closeTo(200, 4)]);
});

test("a detection's region is turned by the eyes", () => {
  const keypoints = [[10, 10], [20, 20]] as const;
  const region = regionOfDetection({ box: [0, 0, 40, 20], keypoints, score: 1 });
  expect(region).toEqual({ centreXPx: 20, centreYPx: 10, sidePx: 60, angleRad: expect.closeTo(Math.PI / 4, 9) });
});

test("landmarks of the crop go back to the picture", () => {
  const region = { centreXPx: 50, centreYPx: 60, sidePx: 96, angleRad: Math.PI / 2 };
  const points = toPicture(new Float32Array([95.5, 95.5, -8, 191.5, 95.5, 4]), regionMatrix(region, 192), 0.5);
  const wanted = [50, 60, -4, 50, 108, 2];
  points.forEach((value, i) => expect(value).toBeCloseTo(wanted[i], 4));
});

test("regions that nearly coincide are the same, across half a turn too", () => {
  const region = { centreXPx: 50, centreYPx: 60, sidePx: 100, angleRad: Math.PI - 0.01 };
  expect(sameRegion({ centreXPx: 53, centreYPx: 61, sidePx: 104, angleRad: 0.01 - Math.PI }, region)).toBe(true);
  expect(sameRegion({ ...region, centreXPx: 55 }, region)).toBe(false);
  expect(sameRegion({ ...region, sidePx: 93 }, region)).toBe(false);
  expect(sameRegion({ ...region, angleRad: Math.PI - 0.11 }, region)).toBe(false);
});
