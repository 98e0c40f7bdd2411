import { describe, expect, it } from "vitest";

import { frontalFace, sceneOf } from "../testing/faces";
import { toCsv, toJson } from "./export";
import { type Sample, samplesOf, segmentsOf, type Session } from "./timeline";

const sample = (timeS: number, label: string, happy: number): Sample => ({
  timeS,
  trackId: 1,
  label,
  confidence: 0.8,
  usable: label !== "skipped",
  shares: [1 - happy, happy, 0, 0, 0, 0, 0, 0],
});

const session: Session = {
  began: new Date(Date.UTC(2026, 0, 2, 3, 4, 5)),
  durationS: 4,
  samples: [sample(0, "neutral", 0.1), sample(1, "neutral", 0.1), sample(2, "happiness", 0.9), sample(3, "skipped", 0)],
  markers: [{ timeS: 2, name: "question 2" }],
  neutral: new Map([[1, [0.9, 0.1, 0, 0, 0, 0, 0, 0]]]),
};

describe("samplesOf", () => {
  const scene = sceneOf([frontalFace({ label: "fear" })], 10.5);

  it("counts time from the beginning", () => {
    expect(samplesOf(scene, 10, undefined)).toMatchObject([{ timeS: 0.5, label: "fear", trackId: 1 }]);
  });

  it("takes ten a second, and none from before", () => {
    expect(samplesOf(scene, 10, 0.45)).toEqual([]);
    expect(samplesOf(scene, 10, 0.4)).toHaveLength(1);
    expect(samplesOf(scene, 11, undefined)).toEqual([]);
  });
});

describe("segmentsOf", () => {
  const [before, after] = segmentsOf(session, "start");

  it("begins a segment at each marker", () => {
    expect([before.name, before.startS, before.endS]).toEqual(["start", 0, 2]);
    expect([after.name, after.startS, after.endS]).toEqual(["question 2", 2, 4]);
  });

  it("sums up labels, probabilities and changes from the face at rest", () => {
    expect(before.people[0].labelShares).toEqual({ neutral: 1 });
    expect(after.people[0].labelShares).toEqual({ happiness: 0.5, skipped: 0.5 });
    expect(after.people[0].meanShares[1]).toBeCloseTo(0.9); // of the usable one
    expect(after.people[0].changes![1]).toBeCloseTo(0.8);
    expect(after.people[0].labelChanges).toBe(1);
  });

  it("leaves out a marker at the very end", () => {
    const late = { ...session, markers: [{ timeS: 4, name: "end" }] };
    expect(segmentsOf(late, "start").map(({ name }) => name)).toEqual(["start"]);
  });
});

describe("toCsv", () => {
  it("writes one row a sample, with the segment it lies in", () => {
    const lines = toCsv(session, "start").trim().split("\r\n");
    expect(lines).toHaveLength(5);
    expect(lines[0]).toBe("time_s,segment,face,label,confidence,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt");
    expect(lines[3]).toBe("2.000,question 2,1,happiness,0.8000,0.1000,0.9000,0.0000,0.0000,0.0000,0.0000,0.0000,0.0000");
  });

  it("quotes names, and disarms formulas", () => {
    const odd = { ...session, markers: [{ timeS: 0, name: '=1+1, "so"' }] };
    expect(toCsv(odd, "start").split("\r\n")[1]).toContain(`"'=1+1, ""so"""`);
  });
});

describe("toJson", () => {
  it("can be read back", () => {
    const read = JSON.parse(toJson(session, "start")) as { schema: string; segments: { name: string }[]; samples: unknown[] };
    expect(read.schema).toBe("emoar.session/1");
    expect(read.segments.map(({ name }) => name)).toEqual(["start", "question 2"]);
    expect(read.samples).toHaveLength(4);
  });
});
