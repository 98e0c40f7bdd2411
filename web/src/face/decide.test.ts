import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

import type { LabelSetName, Probabilities } from "../labels";
import { blended, decide, MIRROR, secondNetwork, secondOf, secondShare, type Decision } from "./decide";

interface Case {
  readonly name: string;
  readonly decision: Decision;
  readonly heads: Readonly<Record<LabelSetName, readonly number[]>>;
  readonly second?: Readonly<Record<LabelSetName, readonly number[]>>;
  readonly decided: Readonly<Record<LabelSetName, readonly number[]>>;
}

/** What Python has decided (scripts/write_decision_golden.py). */
const CASES = JSON.parse(
  readFileSync(new URL("../../../tests/golden/decision/cases.json", import.meta.url), "utf8"),
) as Case[];

function arrays({ ferplus, fer2013 }: Case["heads"]): Probabilities {
  return { ferplus: Float32Array.from(ferplus), fer2013: Float32Array.from(fer2013) };
}

describe("the decision is Python's", () => {
  test.each(CASES.map((each, i) => [`${each.name}, face ${i}`, each] as const))("%s", (_, { decision, heads, second, decided }) => {
    expect(secondOf(decision) !== undefined).toBe(second !== undefined);
    const found = decide(decision, arrays(heads), second && arrays(second));
    for (const name of ["ferplus", "fer2013"] as const) {
      expect(found[name].length).toBe(decided[name].length);
      decided[name].forEach((value, i) => expect(Math.abs(found[name][i] - value)).toBeLessThan(1e-5));
    }
  });
});

test("without rules the heads stay as they are", () => {
  const heads = { ferplus: new Float32Array(8).fill(0.125), fer2013: new Float32Array(7).fill(1 / 7) };
  expect(decide({}, heads)).toEqual(heads);
});

describe("the second prediction", () => {
  const heads = (share: number): Probabilities => ({
    ferplus: Float32Array.from({ length: 8 }, (_, i) => (i === 1 ? share : (1 - share) / 7)),
    fer2013: new Float32Array(7).fill(1 / 7),
  });

  const sureBeside = Float32Array.from([1, 0, 0, 0, 0, 0, 0]);

  // the numbers of tests/models/test_second.py
  test.each([[0.3, 1], [0.85, 1], [0.875, 0.5], [0.89, 0.2], [0.9, 0], [1, 0]])("tells of a head at %f: %f", (largest, share) => {
    expect(secondShare({ ...heads(largest), fer2013: sureBeside })).toBeCloseTo(share, 5);
    expect(secondShare(heads(largest))).toBe(1);
  });

  test.each([0, 0.25, 1])("counts by its share, %f", (share) => {
    const { ferplus } = blended(heads(0.8), heads(0.6), share);
    expect(ferplus[1]).toBeCloseTo(0.8 - 0.2 * share, 6);
    expect(ferplus[0]).toBeCloseTo((0.2 + 0.2 * share) / 7, 6);
  });

  test("is of the mirror image or of another model", () => {
    const rule = { shares: [1], tau: 0, balance: 0, confidence: [0, 1, 0], unsure_below: 0.5 } as const;
    expect([secondOf({ ferplus: rule }), secondNetwork({ ferplus: rule })]).toEqual([undefined, undefined]);
    expect(secondNetwork({ ferplus: { ...rule, second: MIRROR } })).toBeUndefined();
    expect(secondNetwork({ ferplus: { ...rule, second: "emoar-s" } })).toBe("emoar-s");
  });
});
