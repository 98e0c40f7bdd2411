import { describe, expect, it } from "vitest";

import { frontalFace } from "../testing/faces";
import { choose } from "./choose";

const items = { happiness: ["a", "b", "c", "d", "e"], fear: [] };
const happy = (sinceS: number, trackId = 1) => frontalFace({ label: "happiness", sinceS, trackId });

describe("choose", () => {
  it("keeps to its choice for as long as the label lasts", () => {
    expect(choose(items, happy(3), 7, "quote")).toBe(choose(items, happy(3), 7, "quote"));
  });

  it("spreads over all entries as the expression comes and goes", () => {
    const seen = new Set(Array.from({ length: 60 }, (_, i) => choose(items, happy(i / 3), 7, "quote")));
    expect(seen.size).toBe(5);
  });

  it("gives nothing to a face that is unsure or not judged, or has no entry", () => {
    expect(choose(items, frontalFace({ label: "unsure" }), 7, "quote")).toBeUndefined();
    expect(choose(items, frontalFace({ label: "anger" }), 7, "quote")).toBeUndefined();
    expect(choose(items, frontalFace({ label: "fear" }), 7, "quote")).toBeUndefined();
    const hidden = { ...happy(1), quality: { ...happy(1).quality, judged: false } };
    expect(choose(items, hidden, 7, "quote")).toBeUndefined();
  });
});
