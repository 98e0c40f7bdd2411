import { describe, expect, it } from "vitest";

import { ANCHORS, anchorCm, EYE_DISTANCE_CM, meanOf } from "./head";

describe("anchors", () => {
  it.each(Object.keys(ANCHORS).filter((name) => name.startsWith("left_")))("%s mirrors the right one", (left) => {
    const [x, y, z] = anchorCm(left);
    const [u, v, w] = anchorCm(left.replace("left_", "right_"));
    expect(x).toBeGreaterThan(0);
    expect([u, v, w].map((value) => value.toFixed(3))).toEqual([-x, y, z].map((value) => value.toFixed(3)));
  });

  it("run from above the head to the chin", () => {
    const names = ["above_head", "forehead", "between_eyes", "nose", "under_nose", "mouth", "chin"];
    const heights = names.map((name) => anchorCm(name)[1]);
    expect(heights).toEqual([...heights].sort((a, b) => b - a));
    for (const name of names) expect(anchorCm(name)[0], name).toBeCloseTo(0, 2);
  });
});

it("the eyes are as far apart as an adult's", () => {
  expect(EYE_DISTANCE_CM).toBeGreaterThan(8);
  expect(EYE_DISTANCE_CM).toBeLessThan(10);
});

it("meanOf averages points of one array", () => {
  expect(meanOf([0, 2], [1, 2, 3, 9, 9, 9, 3, 4, 5])).toEqual([2, 3, 4]);
});
