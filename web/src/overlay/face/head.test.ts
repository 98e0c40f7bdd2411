import { expect, it } from "vitest";

import { attachmentCm, EYE_DISTANCE_CM, meanOf } from "./head";

it("the middle of the eyes is half an eye's width from the outer corner", () => {
  const [left, right] = [attachmentCm("left_eye"), attachmentCm("right_eye")];
  expect(left[0]).toBeCloseTo(-right[0]);
  expect(left[0] - right[0]).toBeLessThan(EYE_DISTANCE_CM);
});

it("the eyes are as far apart as an adult's", () => {
  expect(EYE_DISTANCE_CM).toBeGreaterThan(8);
  expect(EYE_DISTANCE_CM).toBeLessThan(10);
});

it("meanOf averages points of one array", () => {
  expect(meanOf([0, 2], [1, 2, 3, 9, 9, 9, 3, 4, 5])).toEqual([2, 3, 4]);
});
