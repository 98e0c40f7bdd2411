/** Landmarks turned to the front: without position, size and rotation of the head. As in Python's `measures/upright.py`. */

import { CANONICAL_FACE, LANDMARK_COUNT } from "../canonical";
import { RIGID_POINTS } from "../faceLandmarks";

/** A squared pixel's millionth, added to squared lengths to avoid a division by zero. */
const SMALLEST = 1e-6;
type Vector = [number, number, number];

/** Weights of the landmarks for the axis to the person's left, and for the downward axis. */
const AXES = [axis(0, 1), axis(1, -1)] as const; // pixels have y down

/**
 * The centre of the face at 0, x to the person's left, y down, in half widths of the face.
 *
 * @param landmarksPx (468 * 3,) as in `Face`
 */
export function upright(landmarksPx: ArrayLike<number>): Float32Array {
  const centre = weighted(landmarksPx, RIGID_POINTS.map(() => 1 / RIGID_POINTS.length));
  const right = weighted(landmarksPx, AXES[0], centre);
  const width = length(right);
  const x = right.map((value) => value / width) as Vector;
  const slanted = weighted(landmarksPx, AXES[1], centre);
  const along = dot(slanted, x);
  const down = slanted.map((value, i) => value - along * x[i]) as Vector;
  const height = length(down);
  const y = down.map((value) => value / height) as Vector;
  const z: Vector = [x[1] * y[2] - x[2] * y[1], x[2] * y[0] - x[0] * y[2], x[0] * y[1] - x[1] * y[0]];
  const scale = 2 / (width + height);
  const turned = new Float32Array(3 * LANDMARK_COUNT);
  for (let i = 0; i < turned.length; i += 3) {
    const point: Vector = [landmarksPx[i] - centre[0], landmarksPx[i + 1] - centre[1], landmarksPx[i + 2] - centre[2]];
    [x, y, z].forEach((direction, axis) => (turned[i + axis] = scale * dot(point, direction)));
  }
  return turned;
}

/** Coordinates of the rigid points on the canonical face, from their mean, over the sum of their sizes. */
function axis(coordinate: number, sign: 1 | -1): number[] {
  const along = RIGID_POINTS.map((index) => CANONICAL_FACE.verticesCm[3 * index + coordinate]);
  const mean = along.reduce((sum, value) => sum + value, 0) / along.length;
  const away = along.map((value) => sign * (value - mean));
  const total = away.reduce((sum, value) => sum + Math.abs(value), 0);
  return away.map((value) => value / total);
}

/** The sum of the rigid landmarks, seen from an origin, each with its weight. */
function weighted(points: ArrayLike<number>, weights: readonly number[], from: Vector = [0, 0, 0]): Vector {
  const sum: Vector = [0, 0, 0];
  RIGID_POINTS.forEach((index, i) => {
    for (let axis = 0; axis < 3; axis++) sum[axis] += weights[i] * (points[3 * index + axis] - from[axis]);
  });
  return sum;
}

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function length(vector: Vector): number {
  return Math.sqrt(dot(vector, vector) + SMALLEST);
}
