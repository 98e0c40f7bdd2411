import { describe, expect, it } from "vitest";

import { Stopwatch } from "./stopwatch";

const NOTHING = { detect: 0, mesh: 0, track: 0, pose: 0, classify: 0, smooth: 0 };

/** A stopwatch whose clock stands still until `pass` moves it. */
function made() {
  let ms = 0;
  return { stopwatch: new Stopwatch(() => ms), pass: (by: number) => (ms += by) };
}

describe("Stopwatch", () => {
  it("adds up what a stage takes, and returns the result of its work", async () => {
    const { stopwatch, pass } = made();
    expect(await stopwatch.measure("mesh", () => pass(3))).toBe(3);
    pass(1);
    await stopwatch.measure("mesh", async () => pass(4));
    expect(stopwatch.timingsMs).toEqual({ ...NOTHING, mesh: 7, total: 8 });
  });

  it("counts the time of an inner stage once", async () => {
    const { stopwatch, pass } = made();
    await stopwatch.measure("track", async () => {
      pass(1);
      await stopwatch.measure("detect", () => pass(10));
      await stopwatch.measure("mesh", () => pass(5));
      pass(2);
    });
    expect(stopwatch.timingsMs).toEqual({ ...NOTHING, track: 3, detect: 10, mesh: 5, total: 18 });
  });

  it("counts work that fails", async () => {
    const { stopwatch, pass } = made();
    const fail = () => {
      pass(2);
      throw new Error("no");
    };
    await expect(stopwatch.measure("pose", fail)).rejects.toThrow("no");
    expect(stopwatch.timingsMs.pose).toBe(2);
  });

  it("begins at nothing with each frame", async () => {
    const { stopwatch, pass } = made();
    await stopwatch.measure("pose", () => pass(2));
    stopwatch.restart();
    expect(stopwatch.timingsMs).toEqual({ ...NOTHING, total: 0 });
  });
});
