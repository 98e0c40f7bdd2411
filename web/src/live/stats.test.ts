import { describe, expect, it } from "vitest";

import { sceneOf } from "../testing/faces";
import { quantile, StatsMeter } from "./stats";

describe("StatsMeter", () => {
  it("counts frames and scenes a second, and the delay of scenes", () => {
    const meter = new StatsMeter();
    for (let i = 0; i <= 120; i++) meter.drew(i / 60);
    for (let i = 0; i <= 30; i++) meter.found(sceneOf([], i / 15), i / 15 + 0.04);
    const stats = meter.read();
    expect(stats.drawingFps).toBeCloseTo(60);
    expect(stats.inferenceFps).toBeCloseTo(15);
    expect(stats.delayMs).toBeCloseTo(40);
    expect(stats.gapP95Ms).toBeCloseTo(1000 / 60);
    expect(stats.stagesMs.mesh).toBeCloseTo(4.2);
  });

  it("is zero without measurements", () => {
    expect(new StatsMeter().read()).toMatchObject({ inferenceFps: 0, drawingFps: 0, delayMs: 0 });
  });
});

describe("quantile", () => {
  it("finds the value by its rank", () => {
    expect(quantile([5, 1, 4, 2, 3], 0.5)).toBe(3);
    expect(quantile([1, 2], 1)).toBe(2);
  });
});
