import { describe, expect, it } from "vitest";

import type { Box } from "../../maths/geometry";
import { cheapestPosition, cheapestPositions, clampToFrame, crosses, type Ground, headBox, type Line, overlap, type Wish } from "./layout";

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

const ground = (more: Partial<Ground> = {}): Ground => ({ free: [], uncrossed: [], obstacles: [], ...more });

describe("cheapestPosition", () => {
  const places: Box[] = [
    [0, 0, 20, 20],
    [60, 0, 80, 20],
  ];
  const wish: Wish = { places, wanted: places, last: undefined };
  const avoiding = (box: Box) => ground({ obstacles: [{ box, weight: 2 }] });

  it("chooses the first of equal places", () => {
    expect(cheapestPosition(wish, ground())).toBe(0);
  });

  it("avoids a place that would cover something", () => {
    expect(cheapestPosition(wish, avoiding([0, 0, 30, 30]))).toBe(1);
  });

  it("counts a small covered box as much as a large one", () => {
    expect(cheapestPosition(wish, avoiding([2, 2, 6, 4]))).toBe(1);
  });

  it("keeps its place, unless another is much cheaper", () => {
    expect(cheapestPosition({ ...wish, last: 1 }, ground())).toBe(1);
    expect(cheapestPosition({ ...wish, last: 1 }, avoiding(places[1]))).toBe(0);
  });

  it("covers nothing that has to be free, and has no place where there is none", () => {
    expect(cheapestPosition(wish, ground({ free: [[19, 19, 30, 30]] }))).toBe(1);
    expect(cheapestPosition(wish, ground({ free: [[19, 19, 61, 30]] }))).toBeUndefined();
    expect(cheapestPosition({ places: [], wanted: [], last: undefined }, ground())).toBeUndefined();
  });

  it("comes no closer to a face than its distance, but stays there", () => {
    const near = ground({ free: [[22, 0, 30, 20]] });
    expect(cheapestPosition({ ...wish, asidePx: 5 }, near)).toBe(1);
    expect(cheapestPosition({ ...wish, asidePx: 5, last: 0 }, near)).toBe(0);
  });

  it("lets no line cross another face", () => {
    const lines: Line[] = [[[20, 10], [50, 10]], [[60, 10], [50, 10]]];
    expect(cheapestPosition({ ...wish, lines }, ground({ uncrossed: [[30, 0, 40, 20]] }))).toBe(1);
  });
});

describe("crosses", () => {
  it.each<[string, Line, boolean]>([
    ["through it", [[0, 15], [50, 15]], true],
    ["from inside", [[15, 15], [50, 60]], true],
    ["beside it", [[0, 25], [50, 25]], false],
    ["towards it", [[0, 15], [5, 15]], false],
    ["past a corner", [[0, 25], [12, 18]], true],
    ["upright, outside", [[5, 0], [5, 50]], false],
  ])("%s", (_, line, expected) => {
    expect(crosses(line, [10, 10, 20, 20])).toBe(expected);
  });
});

describe("cheapestPositions", () => {
  const first: Box = [0, 0, 20, 20];
  const second: Box = [60, 0, 80, 20];
  const wish = (...places: Box[]): Wish => ({ places, wanted: places, last: undefined });
  const indices = (...wishes: Wish[][]) => cheapestPositions(wishes, () => ground()).map((placed) => placed?.index);

  it("gives each its preferred place when they do not meet", () => {
    expect(indices([wish(first, second)], [wish(second, first)])).toEqual([0, 0]);
  });

  it("moves the first where the second has no other place", () => {
    expect(indices([wish(first, second)], [wish(first), wish(second)])).toEqual([0, 0]);
  });

  it("grants the next wish where the first has no place", () => {
    const [placed] = cheapestPositions([[wish(first), wish(second)]], () => ground({ free: [first] }));
    expect(placed?.wish.places).toEqual([second]);
  });

  it("has a form for all or for none", () => {
    const third: Box = [0, 50, 20, 70];
    const [large, small] = [{ ...wish(first), forAll: true }, wish(second)];
    const boxes = (...wishes: Wish[][]) => cheapestPositions(wishes, () => ground()).map((placed) => placed?.wish.places[placed.index]);
    expect(boxes([large, small], [{ ...wish(third), forAll: true }])).toEqual([first, third]);
    expect(boxes([large, small], [large, wish(third)])).toEqual([second, third]);
  });

  it("leaves out what has no place", () => {
    expect(indices([wish(first)], [wish(first)])).toEqual([0, undefined]);
  });

  it("has no positions without faces", () => {
    expect(cheapestPositions([], () => ground())).toEqual([]);
  });
});

describe("headBox", () => {
  it("has room for hair above the landmarks", () => {
    const head = headBox([10, 20, 20, 30]);
    expect(head[1]).toBeCloseTo(16.4);
    expect(overlap(head, [10, 16, 20, 20])).toBeGreaterThan(0);
  });
});
