import { expect, test } from "vitest";

import { DrawClock } from "./drawClock";
import { DRAWING_STEPS } from "./ladder";

const DISPLAY_S = 1 / 60;

/** Ticks of a display, with something new before some of them; which ones were drawn in, and which measured one. */
function ticks(count: number, fresh: (tick: number) => boolean, everyS: number) {
  const clock = new DrawClock();
  const [drawn, measured]: [number[], number[]] = [[], []];
  for (let i = 0; i < count; i++) {
    if (fresh(i)) clock.came((i - 0.5) * DISPLAY_S);
    const tick = clock.tick(i * DISPLAY_S, everyS);
    if (tick.draw) drawn.push(i);
    if (tick.measured) measured.push(i);
  }
  return { drawn, measured };
}

test("what moves by itself is drawn at the display's rate, but not what was drawn just now", () => {
  expect(ticks(6, () => false, 0).drawn).toEqual([0, 1, 2, 3, 4, 5]);
  expect(ticks(6, (tick) => tick % 2 === 0, 0).drawn).toEqual([1, 3, 5]);
});

test("a slow device draws every second time, and nothing between two frames of the camera", () => {
  expect(ticks(6, () => false, 0.02).drawn).toEqual([0, 2, 4]);
  expect(ticks(6, (tick) => tick % 2 === 0, 0.03).drawn).toEqual([]);
});

test("the time after a drawing is what it costs", () => {
  expect(ticks(6, (tick) => tick === 3, 1).measured).toEqual([1, 4]); // after the first tick's drawing, and what was new
});

test.each([
  [3, 2, 0], // 30 frames a second
  [3, 6, 20], // 10 of them
  [4, 4, 0], // 15
])("at step %i, with something new in every tick %i, %i of 60 ticks draw again what is there", (step, of, again) => {
  expect(ticks(60, (tick) => tick % of === 0, DRAWING_STEPS[step].everyS).drawn).toHaveLength(again);
});

test("what comes while a drawing waits for the display is drawn once, the newest of it, in the next animation frame", () => {
  const clock = new DrawClock();
  expect([0.001, 0.002, 0.003].map((timeS) => clock.came(timeS))).toEqual([true, false, false]);
  expect(clock.tick(0.017, 0.04).draw).toBe(true);
  expect(clock.tick(0.033, 0.04).draw).toBe(false);
  expect(clock.came(0.034)).toBe(true);
});
