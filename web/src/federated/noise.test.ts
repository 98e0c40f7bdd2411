import { describe, expect, it } from "vitest";

import { cryptoWords, normals } from "./noise";

/** Repeatable words. */
function seeded(seed: number): (count: number) => Uint32Array {
  let state = seed;
  return (count) =>
    Uint32Array.from({ length: count }, () => {
      state = (state + 0x9e3779b9) >>> 0;
      let word = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
      word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
      return (word ^ (word >>> 16)) >>> 0;
    });
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe("normals", () => {
  const values = normals(100_000, seeded(1));

  it("have the moments of the normal distribution", () => {
    expect(mean(values)).toBeCloseTo(0, 1);
    expect(mean(values.map((value) => value ** 2))).toBeCloseTo(1, 1);
    expect(mean(values.map((value) => value ** 4))).toBeCloseTo(3, 0);
  });

  it("have its tails", () => {
    for (const [deviations, share] of [[1, 0.3173], [2, 0.0455], [3, 0.0027]]) {
      const found = mean(values.map((value) => Number(Math.abs(value) > deviations)));
      expect(found).toBeGreaterThan(0.8 * share);
      expect(found).toBeLessThan(1.2 * share);
    }
  });

  it("do not depend on their neighbours", () => {
    for (const apart of [1, 2, 3]) {
      const products = values.subarray(apart).map((value, i) => value * values[i]);
      expect(Math.abs(mean(products))).toBeLessThan(0.02);
    }
  });

  it.each([[0], [0xffffffff]])("are finite for words of %i", (word) => {
    expect([...normals(4, (count) => new Uint32Array(count).fill(word))].every(Number.isFinite)).toBe(true);
  });

  it.each([0, 1, 7, 903])("come in the number that is asked for: %i", (count) => {
    expect(normals(count)).toHaveLength(count);
  });

  it("are others each time", () => {
    expect([...normals(8)]).not.toEqual([...normals(8)]);
  });
});

it("cryptoWords gives more than one call of WebCrypto does", () => {
  const words = cryptoWords(40_000);
  expect(words).toHaveLength(40_000);
  expect(words.slice(-100).some((word) => word !== 0)).toBe(true);
});
