import { expect, test } from "vitest";

import { halfSize, letterbox } from "./letterbox";
import type { Picture } from "./picture";

function flat(widthPx: number, heightPx: number, value: number): Picture {
  return { data: new Uint8Array(4 * widthPx * heightPx).fill(value), widthPx, heightPx };
}

test("a wide picture lies in the middle, black above and below", () => {
  const out = new Float32Array(8 * 8 * 3);
  expect(letterbox(flat(64, 32, 255), 8, out)).toEqual({ scale: 1 / 8, leftPx: 0, topPx: 2 });
  const rows = Array.from({ length: 8 }, (_, y) => out[y * 24]);
  expect(rows).toEqual([-1, -1, 1, 1, 1, 1, -1, -1]);
});

test("a tall picture lies in the middle too", () => {
  const out = new Float32Array(8 * 8 * 3);
  expect(letterbox(flat(10, 20, 0), 8, out)).toEqual({ scale: 0.4, leftPx: 2, topPx: 0 });
});

test("a small picture grows", () => {
  const out = new Float32Array(8 * 8 * 3);
  const picture = { data: new Uint8Array([0, 0, 0, 255, 255, 255, 255, 255]), widthPx: 2, heightPx: 1 };
  letterbox(picture, 8, out);
  const row = Array.from(out.subarray(2 * 24, 3 * 24)).filter((_, i) => i % 3 === 0);
  expect(row.map((value) => Math.round((value + 1) * 127.5))).toEqual([0, 0, 32, 96, 159, 223, 255, 255]);
});

test("halving is the mean of four, and of the parts of an odd size", () => {
  const even = { data: new Uint8Array([0, 0, 0, 0, 10, 0, 0, 0, 20, 0, 0, 0, 31, 0, 0, 0]), widthPx: 2, heightPx: 2 };
  expect(halfSize(even).data[0]).toBe(15);
  const row = [0, 0, 0, 0, 60, 0, 0, 0, 90, 0, 0, 0];
  expect(halfSize({ data: new Uint8Array([...row, ...row]), widthPx: 3, heightPx: 2 }).data[0]).toBe(50);
});
