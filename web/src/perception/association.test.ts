import { describe, expect, test } from "vitest";

import { associate, beside, distortion, Motion, overlapsAny, sameFace, suppressDuplicates } from "./association";

/** Two landmarks at the ends of a face 100 px large. */
const at = (x: number, y = 0) => new Float32Array([x - 50, y - 50, 0, x + 50, y + 50, 0]);

describe("motion", () => {
  const moving = Motion.begin(at(0), 0).advance(at(10), 0.1);

  test("speed is a blend of the old and the new one", () => {
    expect(moving.velocityPxS[0]).toBeCloseTo(100 * (1 - Math.exp(-0.1 / 0.15)), 9);
  });

  test("a hidden face is expected further on, at decreasing speed", () => {
    const [soon, later] = [moving.expectedCentrePx(0.2)[0], moving.expectedCentrePx(60)[0]];
    expect(soon).toBeGreaterThan(14);
    expect(later).toBeCloseTo(10 + 0.6 * moving.velocityPxS[0], 6);
  });

  test("a face one size off costs one, and the gate opens with time", () => {
    const still = Motion.begin(at(0), 0);
    expect(still.matchCost(at(100), 0)).toBeCloseTo(1, 9);
    const resting = still.advance(at(0), 0.1);
    expect([resting.gate(0.1), resting.gate(1.1)]).toEqual([1.25, 2.25]);
  });
});

test("faces that share half of their box overlap", () => {
  expect(overlapsAny(at(0), [at(30)])).toBe(true);
  expect(overlapsAny(at(0), [at(60)])).toBe(false);
  expect(overlapsAny(at(0), [])).toBe(false);
});

test("a mesh beside a face is on its half", () => {
  const others = new Map([[3, at(80)], [5, at(-70)], [7, at(200)]]);
  expect(beside(at(0), others)).toBe(5);
  others.delete(5);
  expect(beside(at(0), others)).toBe(3);
  others.delete(3);
  expect(beside(at(0), others)).toBeUndefined();
  expect(beside(at(0), new Map())).toBeUndefined();
  const small = new Float32Array([55, -25, 0, 105, 25, 0]);
  expect(beside(at(0), new Map([[1, small]])), "of the smaller face").toBeUndefined();
});

test("of two tracks on one face the one with the higher cost loses", () => {
  const [stays, slides] = [Motion.begin(at(0), 0), Motion.begin(at(120), 0)];
  expect([...suppressDuplicates([stays, slides], [at(2), at(4)], 0.03)]).toEqual([1]);
  expect([...suppressDuplicates([slides, stays], [at(4), at(2)], 0.03)]).toEqual([0]);
  expect(suppressDuplicates([stays, slides], [at(2), at(118)], 0.03).size).toBe(0);
});

test("returning faces go to the nearest track, far ones are new", () => {
  const lost = [Motion.begin(at(0), 0), Motion.begin(at(300), 0)];
  expect([...associate(lost, [at(310), at(20)], 0.1)]).toEqual([[0, 1], [1, 0]]);
  expect(associate(lost, [at(1000)], 0.1).size).toBe(0);
  expect([...associate([lost[0]], [at(40), at(10)], 0.1)]).toEqual([[1, 0]]);
});

/** Stored results of Python's `same_face` and `distortion` for the same numbers. */
test.each([
  ["nested, IoU 0.4", [0, 0, 37, 43], [0, 0, 56, 70], true],
  ["half a face behind", [0, 0, 100, 110], [34, 0, 134, 110], true],
  ["cheek to cheek", [0, 0, 100, 110], [80, 0, 180, 110], false],
  ["a child in front", [0, 0, 100, 110], [30, 80, 90, 146], false],
  ["a small face beside the corner", [0, 0, 100, 110], [85, -30, 125, 14], false],
] as const)("one face or two: %s", (_, a, b, same) => {
  expect([sameFace(a, b), sameFace(b, a)]).toEqual([same, same]);
});

test("a face that turns, grows and moves is not distorted; one whose half stays behind is", () => {
  const before = Float32Array.from({ length: 60 }, (_, i) => [0, 40, 7][i % 3] + 11 * ((i * 7) % 13));
  const turned = before.map((value, i) => [1.2 * value - 0.5 * before[i + 1] + 9, 0.5 * before[i - 1] + 1.2 * value, 0][i % 3]);
  expect(distortion(before, turned)).toBeLessThan(1e-6);
  const half = before.map((value, i) => (i % 3 === 0 && i < 30 ? value + 30 : value));
  expect(distortion(before, half)).toBeCloseTo(0.09082, 4);
});
