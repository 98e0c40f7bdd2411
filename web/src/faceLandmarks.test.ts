import { describe, expect, it } from "vitest";

import { CANONICAL_FACE, LANDMARK_COUNT } from "./canonical";
import * as landmarks from "./faceLandmarks";

const { verticesCm } = CANONICAL_FACE;
const tables = { ...landmarks.ATTACHMENT_POINTS, ...landmarks.CUES };
const groups = new Map(
  [...Object.entries(landmarks), ...Object.entries(tables)].flatMap(([name, value]) =>
    typeof value === "number" || Array.isArray(value) ? [[name, [value].flat(2) as number[]]] : [],
  ),
);
const mean = (name: string, axis: number): number => {
  const indices = groups.get(name)!;
  return indices.reduce((sum, i) => sum + verticesCm[3 * i + axis], 0) / indices.length;
};

describe("names of landmarks", () => {
  it("are of points of the mesh", () => {
    expect(groups.size).toBeGreaterThan(35);
    for (const [name, indices] of groups) {
      expect(Math.min(...indices), name).toBeGreaterThanOrEqual(0);
      expect(Math.max(...indices), name).toBeLessThan(LANDMARK_COUNT);
    }
  });

  it.each([...groups.keys()].filter((name) => /left/i.test(name)))("%s mirrors the right one", (left) => {
    const right = left.replace("LEFT", "RIGHT").replace("left", "right");
    expect(mean(left, 0)).toBeGreaterThan(0);
    expect(mean(left, 0)).toBeCloseTo(-mean(right, 0), 3);
    expect(mean(left, 1)).toBeCloseTo(mean(right, 1), 3);
  });

  it("run from above the head to the chin", () => {
    const upper = ["above_head", "forehead", "LEFT_BROW_ARCH", "LEFT_LIDS", "NOSE_TIP", "NOSE_BASE"];
    const heights = [...upper, "under_nose", "MOUTH", "chin"].map((name) => mean(name, 1));
    expect(heights).toEqual([...heights].sort((a, b) => b - a));
  });
});
