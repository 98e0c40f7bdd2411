import { describe, expect, it } from "vitest";

import { frontalFace } from "../testing/faces";
import { describeConfidence, describeFace, TEXTS } from "./describeFace";

const happy = frontalFace({ label: "happiness", confidence: 0.82 });
const skipped = { ...happy, quality: { ...happy.quality, usable: false, reasons: ["too_small", "cut_off"] } };

describe("describeFace", () => {
  it.each([
    ["looks happy", happy],
    ["unsure", frontalFace({ label: "unsure" })],
    ["winks", { ...happy, personal: { label: "winks", confidence: 0.6, sinceS: 0 } }],
    ["looks sad", { ...happy, personal: { label: "sadness", confidence: 0.6, sinceS: 0 } }],
    ["too far away", skipped],
    ["not usable", { ...skipped, quality: { ...skipped.quality, reasons: [] } }],
    ["not usable", { ...skipped, quality: { ...skipped.quality, reasons: ["of_a_newer_server"] } }],
  ])("%s", (text, face) => {
    expect(describeFace(face)).toBe(text);
    expect(TEXTS.describeFace(face)).toBe(text);
  });
});

describe("describeConfidence", () => {
  it("is a percentage for a face with a label, else nothing", () => {
    expect(describeConfidence(happy)).toBe("82%");
    expect(describeConfidence(frontalFace({ label: "unsure" }))).toBe("");
    expect(describeConfidence(skipped)).toBe("");
    expect(describeConfidence({ ...happy, personal: { label: "winks", confidence: 0.6, sinceS: 0 } })).toBe("60%");
  });

  it.each([[0.984, "98%"], [0.9949, "99%"], [0.9951, "99%"], [1, "99%"]])("of %d is %s: never certain", (confidence, text) => {
    expect(describeConfidence(frontalFace({ label: "happiness", confidence }))).toBe(text);
    expect(TEXTS.percent(confidence)).toBe(text);
  });
});
