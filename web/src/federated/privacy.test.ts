import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

import { costOf, DELTA, EPSILON, epsilonOf } from "./privacy";

/** What dp-accounting gives, and the exact epsilon of the Gaussian mechanism (tests/federated/gateway/test_privacy.py). */
interface Golden {
  readonly delta: number;
  readonly epsilon: number;
  readonly spending: readonly { readonly noise: number; readonly updates: number; readonly exact: number; readonly accounted: number }[];
}

const golden = JSON.parse(readFileSync(new URL("../../../tests/golden/federated/updates.json", import.meta.url), "utf8")) as Golden;

it("has the budget of Python", () => {
  expect([EPSILON, DELTA]).toEqual([golden.epsilon, golden.delta]);
});

describe("epsilonOf", () => {
  it.each(golden.spending)("is never below the exact one, nor above dp-accounting's: noise $noise, $updates updates", ({ noise, updates, exact, accounted }) => {
    const epsilon = epsilonOf(updates * costOf(noise));
    expect(epsilon).toBeGreaterThanOrEqual(exact);
    expect(epsilon).toBeLessThanOrEqual(accounted * 1.001);
  });

  it("is nothing for nothing, and all for an update without noise", () => {
    expect(epsilonOf(0)).toBe(0);
    for (const noise of [0, -1, NaN]) expect(epsilonOf(costOf(noise))).toBe(Infinity);
  });

  it("rises with each update", () => {
    const spent = Array.from({ length: 20 }, (_, i) => epsilonOf((i + 1) * costOf(3)));
    expect(spent).toEqual([...spent].sort((a, b) => a - b));
    expect(new Set(spent).size).toBe(20);
  });
});
