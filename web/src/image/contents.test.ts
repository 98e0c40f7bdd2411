import { expect, test } from "vitest";

import { changeOf, contentsOf } from "./contents";
import type { Picture } from "./picture";

const SIZE = { widthPx: 320, heightPx: 180 };

function picture(grey: (x: number, y: number) => number): Picture {
  const data = new Uint8ClampedArray(4 * SIZE.widthPx * SIZE.heightPx);
  for (let y = 0, at = 0; y < SIZE.heightPx; y++) for (let x = 0; x < SIZE.widthPx; x++, at += 4) data.fill(grey(x, y), at, at + 4);
  return { data, ...SIZE };
}

/** Two dark spots on a light ground. */
const spots = (shift: number, gain = 1) => (x: number, y: number) => gain * (Math.hypot(x - 100 - shift, y - 90) < 30 || Math.hypot(x - 220, y - 60) < 20 ? 40 : 180);

/** The same for each call with the same seed. */
function noise(seed: number): () => number {
  let state = seed;
  return () => ((state = (1103515245 * state + 12345) % 2147483648) / 2147483648 - 0.5) * 16;
}

const change = (a: (x: number, y: number) => number, b: (x: number, y: number) => number) => changeOf(contentsOf(picture(a)), contentsOf(picture(b)));

test("the same picture has not changed, whatever its exposure", () => {
  expect(change(spots(0), spots(0))).toBe(0);
  expect(change(spots(0), spots(0, 0.7))).toBeLessThan(0.02);
});

test("what moves is far above noise", () => {
  const [one, other] = [noise(1), noise(2)];
  const noisy = change((x, y) => spots(0)(x, y) + one(), (x, y) => spots(0)(x, y) + other());
  expect(noisy).toBeLessThan(0.1);
  expect(change(spots(0), spots(6))).toBeGreaterThan(5 * noisy);
});

test("noise in the dark is no change", () => {
  const [one, other] = [noise(3), noise(4)];
  expect(change(() => 10 + one() / 4, () => 10 + other() / 4)).toBeLessThan(0.25);
});
