import { describe, expect, it } from "vitest";

import { frontalFace, sceneOf } from "../testing/faces";
import { SESSION as session } from "../testing/session";
import { maybeSame, newestRaw, samplesOf, segmentsOf } from "./timeline";

const RAW = [0, 0, 0, 0, 0, 0, 0.5, 0.5];

describe("samplesOf", () => {
  const { faces } = sceneOf([frontalFace({ label: "fear", trackId: 9 })], 10.5);

  it("has the session's track and time", () => {
    expect(samplesOf(faces, [1], new Map(), 0.5, undefined)).toMatchObject([{ timeS: 0.5, label: "fear", trackId: 1 }]);
  });

  it("has the raw probabilities of its track", () => {
    const [face] = faces;
    const samples = samplesOf([face, face], [1, 2], new Map([[2, RAW]]), 0.5, undefined);
    expect(samples.map(({ rawShares }) => rawShares)).toEqual([undefined, RAW]);
  });

  it("keeps ten a second, and none from before the beginning", () => {
    expect(samplesOf(faces, [1], new Map(), 0.5, 0.45)).toEqual([]);
    expect(samplesOf(faces, [1], new Map(), 0.5, 0.4)).toHaveLength(1);
    expect(samplesOf(faces, [1], new Map(), -0.5, undefined)).toEqual([]);
  });
});

describe("newestRaw", () => {
  const face = frontalFace({});
  const rawProbabilities = { ferplus: Float32Array.from(RAW), fer2013: new Float32Array(7) };
  const classified = { ...face, expression: { ...face.expression, rawProbabilities } };
  const old = new Map([[3, [1, 0, 0, 0, 0, 0, 0, 0]]]);

  it("is that of the newest frame in which the face was classified", () => {
    expect(newestRaw(old, [face], [3])).toEqual(old);
    expect(newestRaw(old, [classified], [3])).toEqual(new Map([[3, RAW]]));
    expect(newestRaw(new Map(), [face], [3])).toEqual(new Map());
  });

  it("is not there for faces that are away, or not usable", () => {
    expect(newestRaw(old, [], [])).toEqual(new Map());
    expect(newestRaw(old, [{ ...face, quality: { ...face.quality, usable: false } }], [3])).toEqual(new Map());
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

  it("sums up a person over all tracks, against the face at rest of one of them", () => {
    const samples = session.samples.map((sample, i) => (i < 2 ? sample : { ...sample, trackId: 5 }));
    const [, later] = segmentsOf({ ...session, samples, people: new Map([[1, 1], [5, 1]]) }, "start");
    expect(later.people).toHaveLength(1);
    expect(later.people[0].person).toBe(1);
    expect(later.people[0].changes![1]).toBeCloseTo(0.8);
  });

  it("has no change from rest for a person without a usable sample", () => {
    const samples = [{ ...session.samples[3], timeS: 1 }];
    expect(segmentsOf({ ...session, samples }, "start")[0].people[0].changes).toBeUndefined();
  });

  it("leaves out a marker at the very end", () => {
    const late = { ...session, markers: [{ timeS: 4, name: "end" }] };
    expect(segmentsOf(late, "start").map(({ name }) => name)).toEqual(["start"]);
  });
});

describe("maybeSame", () => {
  const at = (timeS: number, trackId: number) => ({ ...session.samples[0], timeS, trackId });

  it("names who was never in the picture at the same time", () => {
    const samples = [at(0, 1), at(0, 2), at(1, 3)];
    const people = new Map([[1, 1], [2, 2], [3, 3]]);
    expect(maybeSame({ samples, people }, 1)).toEqual([3]);
    expect(maybeSame({ samples, people }, 3)).toEqual([1, 2]);
  });
});
