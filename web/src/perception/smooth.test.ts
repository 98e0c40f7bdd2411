import { describe, expect, it, test } from "vitest";

import { PERSONAL_SCHEMA, PersonalHead } from "../personal/head";
import { between, ExpressionSmoother, isDue, nextLabel, PersonalSmoother, type SmoothedExpression, type SmoothedPersonal } from "./smooth";

const LABELS = ["sad", "glad", "grim"];

describe("the next label", () => {
  test.each([
    ["unsure until one is likely", [0.39, 0.36, 0.25], "unsure", "unsure"],
    ["named when it is", [0.3, 0.41, 0.29], "unsure", "glad"],
    ["held against a small lead", [0.4, 0.47, 0.13], "sad", "sad"],
    ["changed by a clear lead", [0.38, 0.47, 0.15], "sad", "glad"],
    ["held a little below the minimum", [0.33, 0.32, 0.35], "sad", "sad"],
    ["given up far below it", [0.31, 0.35, 0.34], "sad", "unsure"],
  ])("is %s", (_, probabilities, current, expected) => {
    expect(nextLabel(probabilities, LABELS, current, 0.4, 0.08)).toBe(expected);
  });
});

describe("the smoother", () => {
  const certain = (index: number) => ({
    ferplus: Float32Array.from({ length: 8 }, (_, i) => (i === index ? 1 : 0)),
    fer2013: Float32Array.from({ length: 7 }, (_, i) => (i === index % 7 ? 1 : 0)),
  });

  test("averages with its time constant", () => {
    const smoother = new ExpressionSmoother();
    const first = smoother.smooth(undefined, 0, certain(0));
    expect(first.expression).toMatchObject({ label: "neutral", confidence: 1, sinceS: 0 });
    const later = smoother.smooth(first, 0.25, certain(1));
    expect(later.expression.ferplus[1]).toBeCloseTo(1 - Math.exp(-1), 6);
    expect(later.expression).toMatchObject({ label: "happiness", sinceS: 0.25 });
    expect(smoother.smooth(later, 0.3, certain(1)).expression.sinceS).toBe(0.25);
  });

  test("the raw probabilities are those of the frame alone", () => {
    const smoother = new ExpressionSmoother();
    const second = smoother.smooth(smoother.smooth(undefined, 0, certain(0)), 0.1, certain(1));
    expect(second.expression.rawProbabilities).toEqual(certain(1));
    expect(second.expression.ferplus[1]).toBeLessThan(0.5);
    expect(between(second, 0.12, 0.05).expression).not.toHaveProperty("rawProbabilities");
    expect(between(second, 0.12, 0.05).expression.ferplus).toEqual(second.expression.ferplus);
    expect(smoother.smooth(second, 0.2, certain(4), false).expression).not.toHaveProperty("rawProbabilities");
  });

  describe("a face that keeps its shape is classified less often", () => {
    const shape = Float32Array.from({ length: 3 * 468 }, (_, i) => (i * 7919) % 211);
    const moved = shape.map((value) => value * 1.1 + 30);
    const opened = shape.map((value, i) => value + (i < 120 ? 4 : 0));
    const classified = (...indices: readonly number[]) => {
      const smoother = new ExpressionSmoother();
      const next = (before: ReturnType<typeof smoother.smooth> | undefined, index: number, at: number) =>
        smoother.smooth(before, 0.05 * (at + 1 - indices.length), certain(index));
      return indices.reduce<ReturnType<typeof smoother.smooth> | undefined>(next, undefined)!;
    };

    test.each([
      ["one answer is no steady one", [1], shape, 0.05],
      ["still", [1, 1, 1], shape, 0.2],
      ["elsewhere", [1, 1, 1], moved, 0.2],
      ["a mouth that opens", [1, 1, 1], opened, 0.05],
      ["an average that has to follow", [1, 1, 4], shape, 0.05],
    ])("%s", (_, answers, now, dueS) => {
      const state = classified(...answers);
      expect(isDue(state, shape, dueS - 0.001, now, 0.05)).toBe(false);
      expect(isDue(state, shape, dueS, now, 0.05)).toBe(true);
    });

    test("a longer interval stays, and every frame is every frame", () => {
      const state = classified(1, 1, 1);
      expect(isDue(state, shape, 0.001, shape, 0)).toBe(true);
      expect(isDue(state, shape, 0.29, opened, 0.3)).toBe(false);
      expect(isDue(state, shape, 0.3, shape, 0.3)).toBe(true);
    });

    test("its average is confirmed in the frames between", () => {
      const state = between(between(classified(1, 1, 1), 0.03, 0.05), 0.17, 0.05);
      expect([state.timeS, state.classifiedS]).toEqual([0.17, 0]);
      expect(between(classified(1, 1, 1), 0.03, 0.05).timeS).toBe(0);
    });
  });

  test("leaves out faces that are not usable", () => {
    const smoother = new ExpressionSmoother();
    const blurred = smoother.smooth(smoother.smooth(undefined, 0, certain(0)), 0.1, certain(4), false);
    expect([blurred.expression.label, blurred.expression.ferplus[0]]).toEqual(["unsure", 1]);
    expect(smoother.smooth(blurred, 0.2, certain(0)).expression.label).toBe("neutral");
  });

  test("the label is decided, and the heads stay in the raw probabilities", () => {
    const shares = [0.4, 0.3, 0.1, 0.1, 0.06, 0.01, 0.02, 0.01];
    const rule = { shares, tau: 0.5, balance: 0, confidence: [0, 1, 0], unsure_below: 0.6 } as const;
    const smoother = new ExpressionSmoother(undefined, { ferplus: rule });
    const heads = (neutral: number, fear: number) => ({
      ferplus: Float32Array.from({ length: 8 }, (_, i) => (i === 0 ? neutral : i === 6 ? fear : (1 - neutral - fear) / 6)),
      fer2013: new Float32Array(7).fill(1 / 7),
    });
    const first = smoother.smooth(undefined, 0, heads(0.5, 0.48));
    const { label, confidence, ferplus, rawProbabilities } = first.expression;
    expect(label).toBe("unsure"); // not as sure as the rule asks for
    expect(ferplus.indexOf(Math.max(...ferplus))).toBe(6);
    expect(confidence).toBeCloseTo(0.48, 5);
    expect(rawProbabilities?.ferplus[0]).toBeCloseTo(0.5, 6);
    expect(smoother.smooth(first, 5, heads(0.2, 0.7)).expression.label).toBe("fear");
  });

  describe("with a decision that takes a second prediction", () => {
    const rule = { shares: Array<number>(8).fill(1 / 8), tau: 0, balance: 0, confidence: [0, 1, 0], second: "mirror", unsure_below: 0.5 } as const;
    const smoother = new ExpressionSmoother(undefined, { ferplus: rule });
    const happy = (share: number) => ({
      ferplus: Float32Array.from({ length: 8 }, (_, i) => (i === 1 ? share : (1 - share) / 7)),
      fer2013: new Float32Array(7).fill(1 / 7),
    });

    test("one that differs makes the face unsure", () => {
      const [alike, differs] = [0.8, 0.02].map((share) => smoother.smooth(undefined, 0, happy(0.8), true, happy(share)).expression);
      expect([alike.label, alike.confidence]).toEqual(["happiness", expect.closeTo(0.8, 5)]);
      expect([differs.label, differs.confidence]).toEqual(["unsure", expect.closeTo(0.41, 5)]);
      expect(differs.rawProbabilities).toEqual(alike.rawProbabilities);
    });

    test("it is asked every other time, and averaged", () => {
      let state: SmoothedExpression | undefined;
      const [asked, confidences]: [boolean[], number[]] = [[], []];
      for (let frame = 0; frame < 7; frame++) {
        const timeS = frame * 0.05;
        const asks = smoother.asksSecond(state, timeS);
        state = smoother.smooth(state, timeS, happy(0.8), true, asks ? happy(frame ? 0.2 : 0.8) : undefined);
        asked.push(asks);
        confidences.push(state.expression.confidence);
      }
      expect(asked).toEqual([true, false, true, false, true, false, true]);
      expect([confidences[1], confidences[3]]).toEqual([confidences[0], confidences[2]]);
      expect(confidences[2]).toBeLessThan(confidences[0]);
      expect(confidences[4]).toBeLessThan(confidences[2]);
      expect(new ExpressionSmoother().asksSecond(undefined, 0)).toBe(false);
    });

    test("that of a steady face is asked less often", () => {
      let state: SmoothedExpression | undefined;
      const asked: number[] = [];
      for (let frame = 0; frame < 13; frame++) {
        const asks = smoother.asksSecond(state, frame * 0.1);
        if (asks) asked.push(frame);
        state = smoother.smooth(state, frame * 0.1, happy(0.8), true, asks ? happy(0.8) : undefined);
      }
      expect(asked).toEqual([0, 1, 5, 9]); // two times until it is known to be steady
    });

    test("that of a face that is not usable changes nothing", () => {
      const first = smoother.smooth(undefined, 0, happy(0.8), true, happy(0.8));
      expect(smoother.smooth(first, 0.2, happy(0.1), false, happy(0.1)).second).toBe(first.second);
    });
  });

  test("probabilities are normalised", () => {
    const odd = { ferplus: new Float32Array(8).fill(0.5), fer2013: new Float32Array(7).fill(2) };
    const { ferplus, fer2013, rawProbabilities } = new ExpressionSmoother().smooth(undefined, 0, odd).expression;
    expect([ferplus[0], fer2013[0]]).toEqual([0.125, expect.closeTo(1 / 7, 6)]);
    expect(rawProbabilities).toEqual({ ferplus, fer2013 });
  });
});

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
function followed(...faces: (Float32Array | null)[]): SmoothedPersonal[] {
  const smoother = new PersonalSmoother(HEAD);
  const results: SmoothedPersonal[] = [];
  faces.forEach((face, i) => results.push(smoother.smooth(results[i - 1], i / 10, face ?? WINK, face !== null)));
  return results;
}

const labelsOf = (results: readonly SmoothedPersonal[]): string[] => results.map(({ label }) => label);

describe("PersonalSmoother", () => {
  it("names a taught face at once, and goes on to another after some time", () => {
    const results = followed(WINK, FROWN, FROWN, FROWN, FROWN);
    expect(labelsOf(results)).toEqual(["winks", "winks", "frowns", "frowns", "frowns"]);
    expect(results.map(({ sinceS }) => sinceS)).toEqual([0, 0, 0.2, 0.2, 0.2]);
  });

  it("holds a label through one frame that is none of them, and not for ever", () => {
    expect(labelsOf(followed(WINK, WINK, OTHER, WINK))).toEqual(["winks", "winks", "winks", "winks"]);
    expect(labelsOf(followed(WINK, OTHER, OTHER, OTHER, OTHER)).at(-1)).toBe("unsure");
    expect(labelsOf(followed(OTHER))).toEqual(["unsure"]);
  });

  it("has no label for a face that is not usable, and forgets nothing", () => {
    const results = followed(WINK, null, WINK);
    expect(labelsOf(results)).toEqual(["winks", "unsure", "winks"]);
    expect(results[1].probabilities).toEqual(results[0].probabilities);
    expect(labelsOf(followed(null))).toEqual(["unsure"]);
  });

  it("gives a face its label with the label's own probability, or nothing", () => {
    const smoother = new PersonalSmoother(HEAD);
    const [wink, other] = [followed(WINK)[0], followed(OTHER)[0]];
    expect(smoother.labelOf(wink)).toEqual({ label: "winks", confidence: wink.probabilities[0], sinceS: 0 });
    expect(smoother.labelOf(other)).toBeUndefined();
  });
});
