import { describe, expect, it } from "vitest";

import { Ladder } from "./ladder";

const options = { steps: 3, slowMs: 40, fastMs: 20 };

/** Feeds the same time for some seconds at 20 Hz; returns the time at the end. */
function feed(ladder: Ladder, ms: number, fromS: number, seconds: number): number {
  for (let i = 0; i < 20 * seconds; i++) ladder.measure(ms, fromS + i / 20);
  return fromS + seconds;
}

describe("Ladder", () => {
  it("stays while times are good", () => {
    const ladder = new Ladder(options);
    feed(ladder, 30, 0, 20);
    expect(ladder.step).toBe(0);
  });

  it("goes down while it is too slow, to the last step and no further", () => {
    const ladder = new Ladder(options);
    const now = feed(ladder, 80, 0, 3);
    expect(ladder.step).toBe(1);
    feed(ladder, 80, now, 20);
    expect(ladder.step).toBe(2);
  });

  it("is not moved by a single slow frame", () => {
    const ladder = new Ladder(options);
    feed(ladder, 25, 0, 3);
    ladder.measure(500, 3);
    feed(ladder, 25, 3.1, 3);
    expect(ladder.step).toBe(0);
  });

  it("climbs after a long fast period, and not again soon after that was too slow", () => {
    const ladder = new Ladder({ ...options, first: 1 });
    let now = feed(ladder, 10, 0, 9);
    expect(ladder.step).toBe(0);
    now = feed(ladder, 80, now, 3);
    expect(ladder.step).toBe(1);
    now = feed(ladder, 10, now, 20);
    expect(ladder.step).toBe(1);
    feed(ladder, 10, now, 40);
    expect(ladder.step).toBe(0);
  });
});
