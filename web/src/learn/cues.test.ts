import { describe, expect, it } from "vitest";

import { averageNeutral } from "../face/measures";
import { CUES_OF, EXPRESSIONS, progressOf, stepOf } from "./cues";

const neutral = averageNeutral();

describe("progressOf", () => {
  it.each(EXPRESSIONS.filter((name) => name !== "neutral"))("is nothing yet for %s in the neutral face", (name) => {
    for (const cue of CUES_OF[name]) expect(progressOf(cue, neutral, neutral), cue.id).toBe(0);
  });

  it("is relaxed in the neutral face", () => {
    expect(progressOf(CUES_OF.neutral[0], neutral, neutral)).toBe(1);
  });

  it("follows the mouth's corners to a smile, relative to the person's own face", () => {
    const droopy = { ...neutral, cornerLeft: neutral.cornerLeft - 0.06, cornerRight: neutral.cornerRight - 0.06 };
    const [up] = CUES_OF.happiness;
    expect(progressOf(up, { ...droopy, cornerLeft: droopy.cornerLeft + 0.025, cornerRight: droopy.cornerRight + 0.025 }, droopy)).toBeCloseTo(0.5);
    expect(progressOf(up, neutral, droopy)).toBe(1);
  });

  it("tells one raised corner from two", () => {
    const [one] = CUES_OF.contempt;
    expect(progressOf(one, { ...neutral, cornerLeft: neutral.cornerLeft + 0.05 }, neutral)).toBe(1);
    const both = { ...neutral, cornerLeft: neutral.cornerLeft + 0.05, cornerRight: neutral.cornerRight + 0.05 };
    expect(progressOf(one, both, neutral)).toBeCloseTo(0);
  });
});

describe("stepOf", () => {
  it("has four steps", () => {
    expect([0, 0.3, 0.6, 0.9].map(stepOf)).toEqual(["rest", "begun", "nearly", "there"]);
  });
});
