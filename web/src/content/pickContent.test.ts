import { describe, expect, it } from "vitest";

import { frontalFace } from "../testing/faces";
import { pickContent } from "./pickContent";

const items = { happiness: ["a", "b", "c", "d", "e"], fear: [] };
const happy = (sinceS: number, trackId = 1) => frontalFace({ label: "happiness", sinceS, trackId });

describe("pickContent", () => {
  it("keeps its choice while the label lasts", () => {
    expect(pickContent(items, happy(3), 7, "quote")).toBe(pickContent(items, happy(3), 7, "quote"));
  });

  it("uses all entries over many expressions", () => {
    const seen = new Set(Array.from({ length: 60 }, (_, i) => pickContent(items, happy(i / 3), 7, "quote")));
    expect(seen.size).toBe(5);
  });

  it("goes by the label of a personal head", () => {
    const personal = (label: string) => ({ ...happy(3), personal: { label, confidence: 0.9, sinceS: 5 } });
    expect(pickContent({ anger: ["grr"] }, personal("anger"), 7, "quote")).toBe("grr");
    expect(pickContent(items, personal("winks"), 7, "quote")).toBeUndefined();
    expect(pickContent(items, personal("happiness"), 7, "quote")).toBe(pickContent(items, happy(5), 7, "quote"));
  });

  it("gives nothing to a face that is unsure or not usable, or has no entry", () => {
    expect(pickContent(items, frontalFace({ label: "unsure" }), 7, "quote")).toBeUndefined();
    expect(pickContent(items, frontalFace({ label: "anger" }), 7, "quote")).toBeUndefined();
    expect(pickContent(items, frontalFace({ label: "fear" }), 7, "quote")).toBeUndefined();
    const hidden = { ...happy(1), quality: { ...happy(1).quality, usable: false } };
    expect(pickContent(items, hidden, 7, "quote")).toBeUndefined();
  });
});
