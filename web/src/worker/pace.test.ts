import { expect, test } from "vitest";

import { MAX_GAP_S } from "../perception/track";
import { frontalFace, sceneOf } from "../testing/faces";
import type { Scene } from "../types";
import { PACE, Pace } from "./pace";

const FPS = 30;
const STILL = new Float32Array(576);

interface Frame {
  readonly contents?: Float32Array;
  readonly face?: { xPx?: number; label?: string };
  readonly nobody?: boolean;
  /** How long inference takes. */
  readonly totalMs?: number;
  /** How much of that is a search for faces. */
  readonly detectMs?: number;
}

/** Runs frames at 30 a second; the numbers of those that were inferred. */
function inferred(pace: Pace, count: number, frame: (index: number) => Frame = () => ({}), first = 0): number[] {
  const numbers: number[] = [];
  for (let i = first; i < first + count; i++) {
    const { contents = STILL, face = {}, nobody = false, totalMs = 10, detectMs = 0 } = frame(i);
    if (!pace.isDue(contents, i / FPS)) continue;
    numbers.push(i);
    const scene: Scene = { ...sceneOf(nobody ? [] : [frontalFace(face)], i / FPS), timingsMs: { total: totalMs, detect: detectMs } };
    pace.inferred(scene, contents);
  }
  return numbers;
}

/** Contents in which one cell differs. */
function cell(value: number): Float32Array {
  const contents = STILL.slice();
  contents[100] = value;
  return contents;
}

const QUIET = 2 * FPS + 1; // frames until frames are left out

test("every frame is inferred while a face moves", () => {
  expect(inferred(new Pace(), 200, (i) => ({ face: { xPx: 200 + i } }))).toHaveLength(200);
});

test("with a face that does not move, a quarter of the frames, and no gap that the tracker would search after", () => {
  const numbers = inferred(new Pace(), 300);
  expect(numbers.slice(0, QUIET)).toEqual(Array.from({ length: QUIET }, (_, i) => i));
  const resting = numbers.slice(QUIET);
  expect(resting.length).toBeLessThanOrEqual(Math.ceil((300 - QUIET) / 4));
  const gaps = resting.slice(1).map((number, i) => (number - resting[i]) / FPS);
  expect(Math.max(...gaps)).toBeLessThan(0.15);
});

test("so in a view without faces", () => {
  expect(inferred(new Pace(), 300, () => ({ nobody: true })).length).toBeLessThan(QUIET + 65);
});

test("a change in the picture is inferred at once, and all frames after it", () => {
  const pace = new Pace();
  inferred(pace, 150);
  const changed = inferred(pace, 20, () => ({ contents: cell(1) }), 151);
  expect(changed).toEqual(Array.from({ length: 20 }, (_, i) => 151 + i));
});

test("so is a face that has moved, and another expression, when it is seen next", () => {
  for (const face of [{ xPx: 330 }, { label: "happiness" }]) {
    const pace = new Pace();
    inferred(pace, 150, () => ({ face: { xPx: 320, label: "neutral" } }));
    const after = inferred(pace, 30, () => ({ face: { xPx: 320, label: "neutral", ...face } }), 150);
    expect(after.length).toBeGreaterThanOrEqual(27);
  }
});

test("noise that was there all the time is no motion", () => {
  const noisy = (i: number) => ({ contents: cell(0.2 * Math.sin(97 * i)) });
  expect(inferred(new Pace(), 300, noisy).length).toBeLessThan(QUIET + 70);
});

test("a picture that changes all the time is inferred all the time, also without faces", () => {
  const moving = (i: number) => ({ contents: cell(i % 2), nobody: true });
  expect(inferred(new Pace(), 200, moving)).toHaveLength(200);
});

test("slow inference takes at most half of the time", () => {
  const numbers = inferred(new Pace(), 600, () => ({ totalMs: 150 })).filter((number) => number > QUIET);
  const gaps = numbers.slice(1).map((number, i) => (number - numbers[i]) / FPS);
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(0.15 / PACE.most - 1e-6);
});

test("a slow search makes no gap that the tracker would search after", () => {
  const numbers = inferred(new Pace(), 600, () => ({ totalMs: 90, detectMs: 60 })).filter((number) => number > QUIET);
  const gaps = numbers.slice(1).map((number, i) => (number - numbers[i]) / FPS);
  expect(Math.max(...gaps)).toBeLessThan(MAX_GAP_S);
});

test("an earlier time begins a new source", () => {
  const pace = new Pace();
  inferred(pace, 200);
  expect(inferred(pace, 5)).toHaveLength(5);
});
