import { describe, expect, it } from "vitest";

import { frontalFace } from "../testing/faces";
import { Calibration, calibrated } from "./calibration";

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
