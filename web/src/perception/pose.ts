/** Head pose: the rigid motion that lays the canonical face over the landmarks, in centimetres. */

import { CANONICAL_FACE, LANDMARK_COUNT } from "../canonical";
import { LEFT_EYE_OUTER, RIGHT_EYE_OUTER } from "../faceLandmarks";
import { focalPx, landmark } from "../maths/geometry";
import {
  multiply3,
  principalEigenvector,
  rotate,
  rotationAbout,
  solvePositive,
  type Matrix3,
  type Vector3,
} from "../maths/linearAlgebra";

export const DEFAULT_VERTICAL_FOV_DEG = 45; // a laptop's camera, as in Python
export const WIDEST_LENS = 16 / 9; // width over height of a picture with the default field of view; wider ones are cut
export const WIDEST_CUT = 2.4; // width over height of the widest film and camera formats; wider pictures are stitched
export const STITCHED_HORIZONTAL_FOV_DEG = 20;
export const STEPS_FIRST = 40; // at most; more than in Python, since the start is less accurate
export const CONVERGED = 1e-6; // in radians and centimetres: a smaller step is the last
export const STEPS_TRACKED = 3;
export const TOLERANCE = 0.05; // of the outer-eye distance: residuals beyond it lose their weight

interface RigidMotion {
  readonly rotation: Matrix3;
  readonly shiftCm: Vector3;
}

/**
 * The vertical field of view in degrees that is assumed of a picture.
 *
 * Up to 16:9 it is the default. A wider picture was cut at the top and the bottom, and keeps the horizontal field. A
 * panorama is stitched from columns that were each seen straight on: it counts as seen from far away, since the
 * perspective of one camera would turn the faces at its ends aside.
 */
export function assumedFovDeg(widthPx: number, heightPx: number): number {
  const aspect = widthPx / heightPx;
  if (aspect <= WIDEST_LENS) return DEFAULT_VERTICAL_FOV_DEG;
  const cut = Math.tan((DEFAULT_VERTICAL_FOV_DEG * Math.PI) / 360) * WIDEST_LENS;
  const across = aspect > WIDEST_CUT ? Math.tan((STITCHED_HORIZONTAL_FOV_DEG * Math.PI) / 360) : cut;
  return (Math.atan(across / aspect) * 360) / Math.PI;
}

/**
 * Fits poses for one field of view, by robust Gauss-Newton on the reprojection error.
 *
 * With the weights (Cauchy) an open mouth or raised brows do not turn the head: points that do not fit a rigid face have
 * little weight.
 */
export class PoseFitter {
  constructor(readonly verticalFovDeg = DEFAULT_VERTICAL_FOV_DEG) {}

  /**
   * The head-to-camera pose, (16,) column-major as three.js reads it, that lays the canonical face over the landmarks.
   *
   * The camera's axis meets the picture's centre. The pose of the last frame is a close start that saves most of the time.
   */
  fit(landmarksPx: Float32Array, widthPx: number, heightPx: number, previous?: Float32Array): Float32Array {
    const focal = focalPx(heightPx, this.verticalFovDeg);
    const rays = new Float64Array(2 * LANDMARK_COUNT); // where they pierce the plane z = -1, y up
    for (let i = 0; i < LANDMARK_COUNT; i++) {
      rays[2 * i] = (landmarksPx[3 * i] - (widthPx - 1) / 2) / focal;
      rays[2 * i + 1] = ((heightPx - 1) / 2 - landmarksPx[3 * i + 1]) / focal;
    }
    const tolerance = (TOLERANCE * eyeDistancePx(landmarksPx)) / focal;
    let motion = previous ? fromPose(previous) : start(landmarksPx, rays, focal);
    for (let steps = previous ? STEPS_TRACKED : STEPS_FIRST; steps > 0; steps--) {
      const step = gaussNewton(motion, rays, tolerance);
      if (!step) break; // all landmarks in one point
      motion = moved(motion, step);
      if (step.every((value) => Math.abs(value) < CONVERGED)) break;
    }
    return toPose(motion);
  }
}

/** Between the outer corners, in the picture. */
export function eyeDistancePx(landmarksPx: Float32Array): number {
  const [right, left] = [landmark(landmarksPx, RIGHT_EYE_OUTER), landmark(landmarksPx, LEFT_EYE_OUTER)];
  return Math.hypot(right[0] - left[0], right[1] - left[1]);
}

function moved({ rotation, shiftCm }: RigidMotion, step: Float64Array): RigidMotion {
  return {
    rotation: multiply3(rotationAbout([step[0], step[1], step[2]]), rotation),
    shiftCm: [shiftCm[0] + step[3], shiftCm[1] + step[4], shiftCm[2] + step[5]],
  };
}

/** One step, (6,): a small turn about the head's origin, and a shift in cm. Null where there is none. */
function gaussNewton({ rotation, shiftCm }: RigidMotion, rays: Float64Array, tolerance: number): Float64Array | null {
  const normal = new Float64Array(36);
  const right = new Float64Array(6);
  const points = CANONICAL_FACE.verticesCm;
  const [du, dv] = [new Float64Array(6), new Float64Array(6)];
  for (let i = 0; i < LANDMARK_COUNT; i++) {
    const [x, y, z] = rotate(rotation, points[3 * i], points[3 * i + 1], points[3 * i + 2]);
    const near = -1 / (z + shiftCm[2]); // one over depth
    const [u, v] = [(x + shiftCm[0]) * near, (y + shiftCm[1]) * near];
    const [offU, offV] = [rays[2 * i] - u, rays[2 * i + 1] - v];
    const weight = 1 / (1 + (offU * offU + offV * offV) / tolerance ** 2);
    derivatives(du, dv, x, y, z, near, u * near, v * near);
    for (let j = 0; j < 6; j++) {
      right[j] += weight * (du[j] * offU + dv[j] * offV);
      for (let k = 0; k <= j; k++) normal[6 * j + k] += weight * (du[j] * du[k] + dv[j] * dv[k]);
    }
  }
  return solvePositive(normal, right);
}

/** How u and v of a turned point (x, y, z) change along a turn about x, y, z and a shift along x, y, z. */
function derivatives(
  du: Float64Array,
  dv: Float64Array,
  x: number,
  y: number,
  z: number,
  near: number,
  alongU: number,
  alongV: number,
): void {
  du[0] = alongU * y;
  du[1] = near * z - alongU * x;
  du[2] = -near * y;
  du[3] = near;
  du[4] = 0;
  du[5] = alongU;
  dv[0] = alongV * y - near * z;
  dv[1] = -alongV * x;
  dv[2] = near * x;
  dv[3] = 0;
  dv[4] = near;
  dv[5] = alongV;
}

/**
 * A closed-form start: the turn that takes the canonical face nearest to the landmarks with their depth (Horn, 1987),
 * at the distance at which its size is that of the picture.
 */
function start(landmarksPx: Float32Array, rays: Float64Array, focal: number): RigidMotion {
  const points = CANONICAL_FACE.verticesCm;
  const seen = landmarksPx.map((value, i) => (i % 3 === 0 ? value : -value)); // y up, z towards the camera
  const [from, to] = [centroid(points), centroid(seen)];
  const s = new Float64Array(9); // sums of products of the two
  let [squaresFrom, squaresTo] = [0, 0];
  for (let i = 0; i < points.length; i += 3) {
    for (let j = 0; j < 3; j++) {
      const p = points[i + j] - from[j];
      squaresFrom += p * p;
      squaresTo += (seen[i + j] - to[j]) ** 2;
      for (let k = 0; k < 3; k++) s[3 * j + k] += p * (seen[i + k] - to[k]);
    }
  }
  const rotation = fromQuaternion(principalEigenvector(hornMatrix(s), 4));
  const depth = focal / Math.sqrt(Math.max(squaresTo, 1e-9) / squaresFrom);
  const middle = rotate(rotation, ...from);
  const [u, v] = [mean(rays, 0), mean(rays, 1)];
  return { rotation, shiftCm: [u * depth - middle[0], v * depth - middle[1], -depth - middle[2]] };
}

/** The symmetric matrix whose first eigenvector is the quaternion w, x, y, z of the best turn. */
function hornMatrix([xx, xy, xz, yx, yy, yz, zx, zy, zz]: Float64Array): Float64Array {
  return new Float64Array([
    ...[xx + yy + zz, yz - zy, zx - xz, xy - yx],
    ...[yz - zy, xx - yy - zz, xy + yx, zx + xz],
    ...[zx - xz, xy + yx, yy - xx - zz, yz + zy],
    ...[xy - yx, zx + xz, yz + zy, zz - xx - yy],
  ]);
}

function fromQuaternion([w, x, y, z]: number[]): Matrix3 {
  return [
    ...([1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)] as Vector3),
    ...([2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)] as Vector3),
    ...([2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)] as Vector3),
  ];
}

function centroid(points: Float32Array): Vector3 {
  const sum: Vector3 = [0, 0, 0];
  points.forEach((value, i) => (sum[i % 3] += value));
  return [(3 * sum[0]) / points.length, (3 * sum[1]) / points.length, (3 * sum[2]) / points.length];
}

function mean(pairs: Float64Array, offset: 0 | 1): number {
  let sum = 0;
  for (let i = offset; i < pairs.length; i += 2) sum += pairs[i];
  return (2 * sum) / pairs.length;
}

function toPose({ rotation: r, shiftCm: t }: RigidMotion): Float32Array {
  return new Float32Array([r[0], r[3], r[6], 0, r[1], r[4], r[7], 0, r[2], r[5], r[8], 0, t[0], t[1], t[2], 1]);
}

/** The inverse of `toPose`. */
function fromPose(p: Float32Array): RigidMotion {
  return { rotation: [p[0], p[4], p[8], p[1], p[5], p[9], p[2], p[6], p[10]], shiftCm: [p[12], p[13], p[14]] };
}
