import { expect, test } from "vitest";

import { CaptureClock } from "./captureClock";

/** Frames every 40 ms on a clock that is 1000 s behind, each late by a delay. */
function captures(delaysS: readonly number[], drift = 0): number[] {
  const clock = new CaptureClock();
  return delaysS.map((delayS, i) => clock.captured(0.04 * i, 1000 + 0.04 * i * (1 + drift) + delayS));
}

test("a frame that waited is not newer than it is", () => {
  const times = captures([0.001, 0.03, 0.001, 0.09, 0.002]);
  times.forEach((timeS, i) => expect(timeS).toBeCloseTo(1000.001 + 0.04 * i, 3));
});

test("the first frame's delay is corrected by the next that is faster", () => {
  const times = captures([0.05, 0.001, 0.04]);
  expect(times[1]).toBeCloseTo(1000.041, 4);
  expect(times[2]).toBeCloseTo(1000.081, 3);
});

test("clocks that run apart stay together", () => {
  const times = captures(Array.from({ length: 10_000 }, () => 0.001), 5e-5);
  expect(times.at(-1)! - (1000.001 + 0.04 * 9999 * (1 + 5e-5))).toBeCloseTo(0, 4);
});
