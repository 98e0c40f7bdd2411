import { describe, expect, it } from "vitest";

import type { Box } from "../../maths/geometry";
import { cheapestPosition, cheapestPositions, clampToFrame, headBox, overlap } from "./layout";

const room: Box = [0, 0, 100, 80];

describe("clampToFrame", () => {
  it("moves a box inside by the smallest shift", () => {
    expect(clampToFrame([90, 10, 110, 20], room)).toEqual([80, 10, 100, 20]);
    expect(clampToFrame([-5, -5, 5, 5], room)).toEqual([0, 0, 10, 10]);
    expect(clampToFrame([10, 10, 20, 20], room)).toEqual([10, 10, 20, 20]);
  });

  it("centres what does not fit", () => {
    expect(clampToFrame([0, 0, 120, 10], room)).toEqual([-10, 0, 110, 10]);
  });
});

describe("cheapestPosition", () => {
  const places: Box[] = [
    [0, 0, 20, 20],
    [60, 0, 80, 20],
  ];
  const wish = { places, wanted: places, last: undefined };

  it("chooses the first of equal places", () => {
    expect(cheapestPosition(wish, [])).toBe(0);
  });

  it("avoids a place that would cover something", () => {
    expect(cheapestPosition(wish, [{ box: [0, 0, 30, 30], weight: 2 }])).toBe(1);
  });

  it("counts a small covered box as much as a large one", () => {
    expect(cheapestPosition(wish, [{ box: [2, 2, 6, 4], weight: 2 }])).toBe(1);
  });

  it("keeps its place, unless another is much cheaper", () => {
    expect(cheapestPosition({ ...wish, last: 1 }, [])).toBe(1);
    expect(cheapestPosition({ ...wish, last: 1 }, [{ box: places[1], weight: 2 }])).toBe(0);
  });
});

describe("cheapestPositions", () => {
  const first: Box = [0, 0, 20, 20];
  const second: Box = [60, 0, 80, 20];
  const wish = (...places: Box[]) => ({ places, wanted: places, last: undefined });

  it("gives each its preferred place when they do not meet", () => {
    expect(cheapestPositions([wish(first, second), wish(second, first)], [], 4)).toEqual([0, 0]);
  });

  it("moves the first where the second has no other place", () => {
    expect(cheapestPositions([wish(first, second), wish(first)], [], 4)).toEqual([1, 0]);
  });

  it("has no positions without faces", () => {
    expect(cheapestPositions([], [], 4)).toEqual([]);
  });
});

describe("headBox", () => {
  it("has room for hair above the landmarks", () => {
    const head = headBox([10, 20, 20, 30]);
    expect(head[1]).toBeCloseTo(16.4);
    expect(overlap(head, [10, 16, 20, 20])).toBeGreaterThan(0);
  });
});
