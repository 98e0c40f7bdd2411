/** The mesh of one face in camera space: exactly over the landmarks in the picture, with the depth of the pose. */

import { CANONICAL_FACE, LANDMARK_COUNT } from "../../canonical";
import { focalPx } from "../../maths/geometry";

const { triangles: TRIANGLES, verticesCm: VERTICES_CM } = CANONICAL_FACE;

/**
 * Writes the (468 * 3,) camera-space positions of a face into `out`.
 *
 * x and y follow the landmarks, so that paint fits the face in the picture; the depth is that of the average face in this
 * pose, in centimetres like everything else on the head.
 */
export function cameraPositions(
  landmarksPx: ArrayLike<number>,
  pose: ArrayLike<number>,
  widthPx: number,
  heightPx: number,
  verticalFovDeg: number,
  out: Float32Array,
): void {
  const focal = focalPx(heightPx, verticalFovDeg);
  for (let i = 0; i < LANDMARK_COUNT; i++) {
    const x = VERTICES_CM[3 * i];
    const y = VERTICES_CM[3 * i + 1];
    const z = VERTICES_CM[3 * i + 2];
    const depth = Math.max(-(pose[2] * x + pose[6] * y + pose[10] * z + pose[14]), 1);
    out[3 * i] = ((landmarksPx[3 * i] - (widthPx - 1) / 2) * depth) / focal;
    out[3 * i + 1] = (((heightPx - 1) / 2 - landmarksPx[3 * i + 1]) * depth) / focal;
    out[3 * i + 2] = -depth;
  }
}

/** (468,) from -1 to 1: 1 faces the camera, 0 is edge-on; the mean of the triangles around a vertex, by area. */
export function facingOfVertices(landmarksPx: ArrayLike<number>, out: Float32Array): void {
  sums.fill(0);
  for (let i = 0; i < TRIANGLES.length; i += 3) addNormal(landmarksPx, TRIANGLES[i], TRIANGLES[i + 1], TRIANGLES[i + 2]);
  for (let i = 0; i < LANDMARK_COUNT; i++) {
    const length = Math.hypot(sums[3 * i], sums[3 * i + 1], sums[3 * i + 2]);
    out[i] = -sums[3 * i + 2] / Math.max(length, 1e-9);
  }
}

const sums = new Float32Array(3 * LANDMARK_COUNT);

function addNormal(points: ArrayLike<number>, a: number, b: number, c: number): void {
  const ux = points[3 * b] - points[3 * a];
  const uy = points[3 * b + 1] - points[3 * a + 1];
  const uz = points[3 * b + 2] - points[3 * a + 2];
  const vx = points[3 * c] - points[3 * a];
  const vy = points[3 * c + 1] - points[3 * a + 1];
  const vz = points[3 * c + 2] - points[3 * a + 2];
  const normal = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
  for (const vertex of [a, b, c]) for (let axis = 0; axis < 3; axis++) sums[3 * vertex + axis] += normal[axis];
}
