import { expect, test } from "vitest";

import { OneEuro } from "./oneEuro";

const one = (value: number) => new Float32Array([value]);

test("the first value passes, and so does one that is not later", () => {
  const filter = new OneEuro();
  expect(filter.filter(one(5), 1, 1)[0]).toBe(5);
  expect(filter.filter(one(9), 1, 1)[0]).toBe(9);
});

test("noise is removed, motion is followed", () => {
  const trembling = new OneEuro();
  let deviation = 0;
  for (let i = 0; i < 60; i++) {
    const out = trembling.filter(one(i % 2 ? 0.01 : -0.01), i / 30, 1)[0];
    if (i > 10) deviation = Math.max(deviation, Math.abs(out));
  }
  expect(deviation).toBeLessThan(0.005);
  const moving = new OneEuro();
  let last = 0;
  for (let i = 0; i < 60; i++) last = moving.filter(one(i / 10), i / 30, 1)[0]; // 3 units a second
  expect(5.9 - last).toBeLessThan(0.06);
});

test("a far face filters as a near one does", () => {
  const [near, far] = [new OneEuro(), new OneEuro()];
  for (const [i, value] of [0, 1, 1.5, 1.2].entries()) {
    const big = near.filter(one(100 * value), i / 30, 100)[0];
    expect(big).toBeCloseTo(100 * far.filter(one(value), i / 30, 1)[0], 3);
  }
});

test("after a reset the next value passes", () => {
  const filter = new OneEuro();
  filter.filter(one(0), 0, 1);
  filter.reset();
  expect(filter.filter(one(7), 0.03, 1)[0]).toBe(7);
});

test("it continues in another scale", () => {
  const [same, scaled] = [new OneEuro(), new OneEuro()];
  for (const filter of [same, scaled]) filter.filter(one(3), 0, 10);
  scaled.scale(2);
  expect(scaled.filter(one(8), 0.1, 20)[0]).toBeCloseTo(2 * same.filter(one(4), 0.1, 10)[0], 5);
});
