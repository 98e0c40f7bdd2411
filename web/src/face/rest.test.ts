import { describe, expect, it } from "vitest";

import { Rest } from "./rest";

function seen(rest: Rest, values: readonly number[], seconds: number): Rest {
  for (let i = 0; i < Math.round(seconds * 30); i++) rest.learn(values, 1 / 30);
  return rest;
}

describe("Rest", () => {
  it("is that of the mean face at first", () => {
    expect(new Rest([0.2, 0.4]).values).toEqual([0.2, 0.4]);
  });

  it("is half the person's own after a second, and ten parts of eleven after ten", () => {
    const after = (seconds: number): number => seen(new Rest([0]), [1], seconds).values[0];
    expect(after(1)).toBeCloseTo(1 / 2);
    expect(after(10)).toBeCloseTo(10 / 11);
  });

  it("follows a face that changes, with a memory of twenty seconds", () => {
    const rest = seen(new Rest([0]), [1], 60);
    expect(seen(rest, [0], 20).values[0]).toBeCloseTo((20 / 21) * Math.exp(-1), 2);
  });

  it("counts a face after a pause for a fifth of a second, and one at the same time for nothing", () => {
    const rest = new Rest([0]);
    rest.learn([1], 0);
    expect(rest.values).toEqual([0]);
    rest.learn([1], 30);
    expect(rest.values[0]).toBeCloseTo(0.2 / 1.2);
  });
});
