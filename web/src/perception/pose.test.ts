import { describe, expect, test } from "vitest";

import { CANONICAL_FACE, LANDMARK_COUNT } from "../canonical";
import { project } from "../maths/geometry";
import { rotate, rotationAbout, type Vector3 } from "../maths/linearAlgebra";
import { assumedFovDeg, PoseFitter } from "./pose";

const [WIDTH, HEIGHT, FOV] = [640, 480, 45];

/** Landmarks of the canonical head, turned and moved; z as the mesh gives it, in pixels. */
function seen(turn: Vector3, shiftCm: Vector3, deform = (_: number, point: Vector3) => point): Float32Array {
  const { verticesCm: points } = CANONICAL_FACE;
  const rotation = rotationAbout(turn);
  const out = new Float32Array(points.length);
  for (let i = 0; i < LANDMARK_COUNT; i++) {
    const [x, y, z] = deform(i, [points[3 * i], points[3 * i + 1], points[3 * i + 2]]);
    const turned = rotate(rotation, x, y, z);
    const camera = [turned[0] + shiftCm[0], turned[1] + shiftCm[1], turned[2] + shiftCm[2]] as const;
    const [u, v] = project(camera, WIDTH, HEIGHT, FOV);
    out.set([u, v, (turned[2] * (HEIGHT / 2 / Math.tan(Math.PI / 8))) / shiftCm[2]], 3 * i);
  }
  return out;
}

/** Degrees between a pose's rotation and a turn. */
function angleDeg(pose: Float32Array, turn: Vector3): number {
  const r = rotationAbout(turn);
  const trace = [0, 1, 2].reduce(
    (sum, row) => sum + [0, 1, 2].reduce((dot, k) => dot + r[3 * row + k] * pose[4 * k + row], 0),
    0,
  );
  return (Math.acos(Math.min(Math.max((trace - 1) / 2, -1), 1)) * 180) / Math.PI;
}

describe("a rigid head", () => {
  test.each([
    [[0, 0, 0], [0, 0, -50]],
    [[0.3, -0.6, 0.4], [8, -5, -40]],
    [[-0.4, 0.9, -1.2], [-20, 10, -120]],
    [[0, 0.2, 3], [0, 5, -70]],
  ] as [Vector3, Vector3][])("turned by %j at %j cm is found again", (turn, shift) => {
    const pose = new PoseFitter(FOV).fit(seen(turn, shift), WIDTH, HEIGHT);
    expect(angleDeg(pose, turn)).toBeLessThan(0.05);
    shift.forEach((value, k) => expect(Math.abs(pose[12 + k] - value)).toBeLessThan(0.02));
  });

  test("the pose before is a start", () => {
    const fitter = new PoseFitter(FOV);
    const before = fitter.fit(seen([0, 0, 0], [0, 0, -50]), WIDTH, HEIGHT);
    const pose = fitter.fit(seen([0.05, -0.1, 0.05], [1, 0, -49]), WIDTH, HEIGHT, before);
    expect(angleDeg(pose, [0.05, -0.1, 0.05])).toBeLessThan(0.05);
  });
});

test("an open jaw does not turn the head", () => {
  const jaw = (_: number, [x, y, z]: Vector3): Vector3 => [x, y < -5 ? y - 2 : y, z];
  const pose = new PoseFitter(FOV).fit(seen([0, 0.3, 0], [0, 0, -50], jaw), WIDTH, HEIGHT);
  expect(angleDeg(pose, [0, 0.3, 0])).toBeLessThan(1.5);
});

test("landmarks in one point give numbers", () => {
  const pose = new PoseFitter(FOV).fit(new Float32Array(3 * LANDMARK_COUNT).fill(100), WIDTH, HEIGHT);
  expect([...pose].every(Number.isFinite)).toBe(true);
});

test.each([
  [640, 480, 45],
  [1080, 1920, 45],
  [2560, 1080, 34.5],
  [20000, 1200, 1.2],
])("the assumed field of view of %i x %i is %d degrees, as in Python", (width, height, fov) => {
  expect(assumedFovDeg(width, height)).toBeCloseTo(fov, 0);
});
