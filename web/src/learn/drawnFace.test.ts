import { describe, expect, it } from "vitest";

import { browPath, DRAWN, mouthPath, varied } from "./drawnFace";

const numbers = (path: string): number[] => path.match(/-?[\d.]+/g)!.map(Number);

describe("varied", () => {
  it("leaves the face as it is for 0, and the face at rest for any amount", () => {
    expect(varied(DRAWN.anger, 0)).toEqual(DRAWN.anger);
    expect(varied(DRAWN.neutral, 1)).toEqual(DRAWN.neutral);
  });

  it("moves all parts further from rest, or less far", () => {
    const [more, less] = [varied(DRAWN.happiness, 1), varied(DRAWN.happiness, -1)];
    expect(more.corners[0]).toBeCloseTo(1.22 * 13);
    expect(less.mouthOpen).toBeCloseTo(0.78 * 7);
    expect(more.eyes).toBeCloseTo(1 + 1.22 * (0.72 - 1));
  });
});

describe("paths", () => {
  it("of the brows mirror each other", () => {
    const [left, right] = [numbers(browPath(DRAWN.fear, 1)), numbers(browPath(DRAWN.fear, -1))];
    left.forEach((value, i) => expect(right[i]).toBeCloseTo(i % 2 ? value : 200 - value));
  });

  it("of the mouth are a line when closed, and an opening when open", () => {
    expect(mouthPath(DRAWN.neutral)).not.toContain("Z");
    expect(mouthPath(DRAWN.surprise)).toContain("Z");
    const [, right, , middle, , left] = numbers(mouthPath(DRAWN.sadness));
    expect(right).toBe(left);
    expect(middle).toBeLessThan(left); // corners down: the middle is higher, and y runs down
  });
});
