import { describe, expect, it } from "vitest";

import { frontalFace } from "../testing/faces";
import { upright } from "./upright";

const front = upright(frontalFace({ distanceCm: 2000 }).landmarksPx);

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i])));
}

describe("upright", () => {
  it("has x to the person's left and y down", () => {
    const [left, right, chin, forehead] = [263, 33, 152, 10].map((i) => [...front.slice(3 * i, 3 * i + 3)]);
    expect(left[0]).toBeGreaterThan(0.2);
    expect(right[0]).toBeCloseTo(-left[0], 1);
    expect(chin[1]).toBeGreaterThan(0);
    expect(forehead[1]).toBeLessThan(0);
  });

  it.each([{ yawDeg: 30 }, { pitchDeg: -15, rollDeg: 40 }, { distanceCm: 4000 }])(
    "does not depend on position, size and turn: %o",
    (made) => {
      const turned = upright(frontalFace({ distanceCm: 2000, ...made }).landmarksPx);
      expect(largestDifference(turned, front)).toBeLessThan(0.04); // what perspective leaves
    },
  );

  it("changes nothing the second time", () => {
    expect(largestDifference(upright(front), front)).toBeLessThan(1e-4);
  });
});
