import { describe, expect, it } from "vitest";

import { frontalFace, sceneOf } from "../testing/faces";
import { SESSION as session } from "../testing/session";
import { samplesOf, segmentsOf } from "./timeline";

describe("samplesOf", () => {
  const scene = sceneOf([frontalFace({ label: "fear" })], 10.5);

  it("counts time from the beginning", () => {
    expect(samplesOf(scene, 10, undefined)).toMatchObject([{ timeS: 0.5, label: "fear", trackId: 1 }]);
  });

  it("keeps ten a second, and none from before the beginning", () => {
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
