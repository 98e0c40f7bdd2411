import { describe, expect, it } from "vitest";

import { frontalFace } from "../testing/faces";
import { Calibration, calibrated, Calibrations } from "./calibration";

const face = frontalFace({ label: "neutral", confidence: 0.7 });
const hidden = { ...face, quality: { ...face.quality, usable: false } };

describe("Calibration", () => {
  it("is done after three seconds of a usable face", () => {
    const calibration = new Calibration();
    for (let i = 0; i <= 44; i++) calibration.add(face, i / 15);
    expect(calibration.done).toBe(false);
    expect(calibration.result()).toBeUndefined();
    calibration.add(face, 3);
    expect(calibration.done).toBe(true);
    expect(calibration.result()!.ferplus[0]).toBeCloseTo(0.7);
  });

  it("waits for somebody who turns away", () => {
    const calibration = new Calibration();
    for (let i = 0; i <= 100; i++) calibration.add(hidden, i / 15);
    expect(calibration.progress).toBe(0);
  });

  it("needs more than two faces three seconds apart", () => {
    const calibration = new Calibration();
    calibration.add(face, 0);
    calibration.add(face, 4);
    expect(calibration.done).toBe(false);
  });
});

describe("a face at rest", () => {
  /** What is reported after three seconds, of which the first so many frames of 45 have another label. */
  const seenAs = (label: string, others: number): string | undefined => {
    const calibration = new Calibration();
    for (let i = 0; i <= 45; i++) calibration.add(i < others ? frontalFace({ label }) : face, i / 15);
    return calibration.result()!.seenAs;
  };

  it.each(["happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt"])("has no %s", (label) => {
    expect(seenAs(label, 45)).toBe(label);
    expect(seenAs(label, 15)).toBe(label);
    expect(seenAs(label, 5)).toBeUndefined(); // a short movement is no expression
  });

  it("may be unsure", () => {
    expect(seenAs("unsure", 46)).toBeUndefined();
  });

  it("adds up different expressions, and names the most frequent", () => {
    const calibration = new Calibration();
    const labels = ["sadness", "anger", "anger", "sadness", "anger", ...Array<string>(10).fill("neutral")];
    for (let i = 0; i <= 45; i++) calibration.add(frontalFace({ label: labels[i % 15] }), i / 15);
    expect(calibration.result()!.seenAs).toBe("anger");
  });
});

describe("Calibrations", () => {
  it("collects each track, and has those who are done", () => {
    const all = new Calibrations();
    const smile = frontalFace({ label: "happiness" });
    for (let i = 0; i < 45; i++) expect(all.add({ faces: [face, smile, hidden], timeS: i / 15 }, [4, 5, 6])).toBe(false);
    expect(all.progress).toBeGreaterThan(0.9);
    expect(all.results().size).toBe(0);
    expect(all.add({ faces: [face, smile], timeS: 3 }, [4, 5])).toBe(true);
    expect([...all.results()].map(([track, { seenAs }]) => [track, seenAs])).toEqual([[4, undefined], [5, "happiness"]]);
  });
});

describe("calibrated", () => {
  const after = (seconds: number, from = 0) => {
    const calibration = new Calibration();
    for (let i = 0; i <= 15 * seconds; i++) calibration.add(face, from + i / 15);
    return calibration;
  };

  it("is when everybody in view is", () => {
    const all = new Map([[1, after(3)], [2, after(2)]]);
    expect(calibrated(all, [1, 2], 3)).toBe(false);
    expect(calibrated(all, [1], 3)).toBe(true);
    expect(calibrated(new Map([[1, after(3)], [2, after(3, 1)]]), [1, 2], 4)).toBe(true);
  });

  it("stops waiting for somebody who turns away, and does not begin when nobody is ready", () => {
    const all = new Map([[1, after(3)], [2, new Calibration()]]);
    expect(calibrated(all, [1, 2], 6.9)).toBe(false);
    expect(calibrated(all, [1, 2], 7.1)).toBe(true);
    expect(calibrated(new Map([[2, new Calibration()]]), [2], 100)).toBe(false);
    expect(calibrated(new Map(), [], 100)).toBe(false);
  });
});
