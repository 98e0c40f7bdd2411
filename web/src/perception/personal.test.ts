import { describe, expect, it } from "vitest";

import { PERSONAL_SCHEMA, PersonalHead } from "../personal/head";
import { PersonalSmoother, type SmoothedPersonal } from "./personal";

const HEAD = new PersonalHead({
  schema: PERSONAL_SCHEMA,
  model: { name: "emoar-s", sha256: "0".repeat(64) },
  labels: ["winks", "frowns"],
  weights: [[10, 0], [0, 10]],
  bias: [0, 0],
  rejection: { centres: [[1, 0], [0, 1]], radii: [0.6, 0.6] },
});
const WINK = Float32Array.of(1, 0);
const FROWN = Float32Array.of(0, 1);
const OTHER = Float32Array.of(4, 4);

/** The results of faces seen 0.1 s apart; null is a face that is not usable. */
function follow(...faces: (Float32Array | null)[]): SmoothedPersonal[] {
  const smoother = new PersonalSmoother(HEAD);
  const results: SmoothedPersonal[] = [];
  faces.forEach((face, i) => results.push(smoother.smooth(results[i - 1], i / 10, face ?? WINK, face !== null)));
  return results;
}

const labels = (results: readonly SmoothedPersonal[]): string[] => results.map(({ label }) => label);

describe("PersonalSmoother", () => {
  it("names a taught face at once, and goes on to another after some time", () => {
    const results = follow(WINK, FROWN, FROWN, FROWN, FROWN);
    expect(labels(results)).toEqual(["winks", "winks", "frowns", "frowns", "frowns"]);
    expect(results.map(({ sinceS }) => sinceS)).toEqual([0, 0, 0.2, 0.2, 0.2]);
  });

  it("holds a label through one frame that is none of them, and not for ever", () => {
    expect(labels(follow(WINK, WINK, OTHER, WINK))).toEqual(["winks", "winks", "winks", "winks"]);
    expect(labels(follow(WINK, OTHER, OTHER, OTHER, OTHER)).at(-1)).toBe("unsure");
    expect(labels(follow(OTHER))).toEqual(["unsure"]);
  });

  it("has no label for a face that is not usable, and forgets nothing", () => {
    const results = follow(WINK, null, WINK);
    expect(labels(results)).toEqual(["winks", "unsure", "winks"]);
    expect(results[1].probabilities).toEqual(results[0].probabilities);
    expect(labels(follow(null))).toEqual(["unsure"]);
  });

  it("gives a face its label with the label's own probability, or nothing", () => {
    const smoother = new PersonalSmoother(HEAD);
    const [wink, other] = [follow(WINK)[0], follow(OTHER)[0]];
    expect(smoother.labelOf(wink)).toEqual({ label: "winks", confidence: wink.probabilities[0], sinceS: 0 });
    expect(smoother.labelOf(other)).toBeUndefined();
  });
});
