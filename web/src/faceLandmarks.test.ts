import { describe, expect, it } from "vitest";

import { CANONICAL_FACE, LANDMARK_COUNT } from "./canonical";
import * as landmarks from "./faceLandmarks";

const { verticesCm } = CANONICAL_FACE;
const all = Object.entries(landmarks).flatMap(([name, value]) =>
  typeof value === "number" || Array.isArray(value) ? [[name, [value].flat() as number[]] as const] : [],
);
const indices = (name: string): number[] => all.find(([other]) => other === name)![1];
const mean = (name: string, axis: number): number =>
  indices(name).reduce((sum, i) => sum + verticesCm[3 * i + axis], 0) / indices(name).length;

describe("names of landmarks", () => {
  it("are of points of the mesh", () => {
    for (const list of [...all.map(([, list]) => list), ...Object.values(landmarks.CUES)]) {
      for (const index of list) expect(index).toBeGreaterThanOrEqual(0);
      for (const index of list) expect(index).toBeLessThan(LANDMARK_COUNT);
    }
  });

  it.each(all.filter(([name]) => name.startsWith("LEFT_")).map(([name]) => name))("%s mirrors the right one", (left) => {
    const right = left.replace("LEFT_", "RIGHT_");
    expect(mean(left, 0)).toBeGreaterThan(0);
    expect(mean(left, 0)).toBeCloseTo(-mean(right, 0), 3);
    expect(mean(left, 1)).toBeCloseTo(mean(right, 1), 3);
  });

  it("run from the hairline to the chin", () => {
    const down = ["HAIRLINE", "FOREHEAD", "LEFT_BROW_TOP", "LEFT_EYE_UPPER", "LEFT_EYE_LOWER", "NOSE_TIP", "NOSE_BASE"];
    const lower = ["UNDER_NOSE", "UPPER_LIP_TOP", "UPPER_LIP_BOTTOM", "LOWER_LIP_TOP", "LOWER_LIP_BOTTOM", "CHIN"];
    const heights = [...down, ...lower].map((name) => mean(name, 1));
    expect(heights).toEqual([...heights].sort((a, b) => b - a));
  });
});
