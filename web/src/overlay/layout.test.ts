import { describe, expect, it } from "vitest";

import { bestPlace, bestPlaces, type Box, headBox, keptInside, overlap } from "./layout";

const room: Box = [0, 0, 100, 80];

describe("keptInside", () => {
  it("moves a box by as little as brings it inside", () => {
    expect(keptInside([90, 10, 110, 20], room)).toEqual([80, 10, 100, 20]);
    expect(keptInside([-5, -5, 5, 5], room)).toEqual([0, 0, 10, 10]);
    expect(keptInside([10, 10, 20, 20], room)).toEqual([10, 10, 20, 20]);
  });

  it("centres what does not fit", () => {
    expect(keptInside([0, 0, 120, 10], room)).toEqual([-10, 0, 110, 10]);
  });
});

describe("bestPlace", () => {
  const places: Box[] = [
    [0, 0, 20, 20],
    [60, 0, 80, 20],
  ];
  const wish = { places, wanted: places, last: undefined };

  it("takes the first of equal places", () => {
    expect(bestPlace(wish, [])).toBe(0);
  });

  it("goes elsewhere when that would cover something", () => {
    expect(bestPlace(wish, [{ box: [0, 0, 30, 30], weight: 2 }])).toBe(1);
  });

  it("counts a small thing that it would hide as much as a large one", () => {
    expect(bestPlace(wish, [{ box: [2, 2, 6, 4], weight: 2 }])).toBe(1);
  });

  it("stays where it was, unless it costs much", () => {
    expect(bestPlace({ ...wish, last: 1 }, [])).toBe(1);
    expect(bestPlace({ ...wish, last: 1 }, [{ box: places[1], weight: 2 }])).toBe(0);
  });
});

describe("bestPlaces", () => {
  const first: Box = [0, 0, 20, 20];
  const second: Box = [60, 0, 80, 20];
  const wish = (...places: Box[]) => ({ places, wanted: places, last: undefined });

  it("lets each take what it likes best when they do not meet", () => {
    expect(bestPlaces([wish(first, second), wish(second, first)], [], 4)).toEqual([0, 0]);
  });

  it("makes the first give way to one that has no other place", () => {
    expect(bestPlaces([wish(first, second), wish(first)], [], 4)).toEqual([1, 0]);
  });

  it("has nothing to say of nobody", () => {
    expect(bestPlaces([], [], 4)).toEqual([]);
  });
});

describe("headBox", () => {
  it("has room for hair above the landmarks", () => {
    const head = headBox([10, 20, 20, 30]);
    expect(head[1]).toBeCloseTo(16.4);
    expect(overlap(head, [10, 16, 20, 20])).toBeGreaterThan(0);
  });
});
