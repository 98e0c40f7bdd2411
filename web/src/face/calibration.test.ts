import { describe, expect, it } from "vitest";

import { frontalFace } from "../testing/faces";
import { Calibration } from "./calibration";

const face = frontalFace({ label: "neutral", confidence: 0.7 });
const hidden = { ...face, quality: { ...face.quality, judged: false } };

describe("Calibration", () => {
  it("is done after three seconds of a face that can be judged", () => {
    const calibration = new Calibration();
    for (let i = 0; i <= 44; i++) calibration.add(face, i / 15);
    expect(calibration.done).toBe(false);
    expect(calibration.result()).toBeUndefined();
    calibration.add(face, 3);
    expect(calibration.done).toBe(true);
    expect(calibration.result()!.ferplus[0]).toBeCloseTo(0.7);
  });

  it("waits for somebody who looks away", () => {
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
