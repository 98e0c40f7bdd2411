/** Synthetic faces from the canonical head, for tests. */

import { Euler, Matrix4, Quaternion, Vector3 } from "three";

import { CANONICAL_FACE } from "../canonical";
import { FERPLUS } from "../labels";
import { boxOfPoints, focalPx, project } from "../maths/geometry";
import type { Face, Scene } from "../types";

export const FOV_DEG = 45;
const { verticesCm: VERTICES_CM } = CANONICAL_FACE;

export interface MadeFace {
  readonly widthPx?: number;
  readonly heightPx?: number;
  readonly xPx?: number;
  readonly yPx?: number;
  readonly distanceCm?: number;
  readonly yawDeg?: number;
  readonly pitchDeg?: number;
  readonly rollDeg?: number;
  readonly trackId?: number;
  readonly label?: string;
  readonly confidence?: number;
  readonly sinceS?: number;
  /** Moves landmarks in the head frame before they are projected, in centimetres. */
  readonly deform?: (index: number, x: number, y: number, z: number) => [number, number, number];
}

/** A face that the pipeline could have found: landmarks, pose and label agree with each other. */
export function frontalFace(made: MadeFace): Face {
  const { widthPx = 640, heightPx = 480, distanceCm = 50, trackId = 1 } = made;
  const focal = focalPx(heightPx, FOV_DEG);
  const radians = [made.pitchDeg ?? 0, made.yawDeg ?? 0, made.rollDeg ?? 0].map((deg) => (deg * Math.PI) / 180);
  const place = new Vector3(
    (((made.xPx ?? widthPx / 2) - (widthPx - 1) / 2) * distanceCm) / focal,
    (((heightPx - 1) / 2 - (made.yPx ?? heightPx / 2)) * distanceCm) / focal,
    -distanceCm,
  );
  const turn = new Quaternion().setFromEuler(new Euler(radians[0], radians[1], radians[2], "YXZ"));
  const matrix = new Matrix4().compose(place, turn, new Vector3(1, 1, 1));
  const landmarksPx = landmarks(matrix, widthPx, heightPx, made.deform);
  return {
    trackId,
    boxXyxyPx: boxOfPoints(landmarksPx, 3),
    landmarksPx,
    presence: 0.99,
    pose: Float32Array.from(matrix.toArray()),
    quality: { usable: true, reasons: [], eyeDistancePx: 100, sharpness: 500, yawDeg: made.yawDeg ?? 0 },
    expression: expression(made),
  };
}

/** A scene of these faces. */
export function sceneOf(faces: readonly Face[], timeS: number, widthPx = 640, heightPx = 480): Scene {
  return {
    frameIndex: Math.round(timeS * 30),
    timeS,
    widthPx,
    heightPx,
    verticalFovDeg: FOV_DEG,
    faces,
    facesLeftOut: 0,
    facesUnread: [],
    timingsMs: { detect: 3.1, mesh: 4.2, track: 0.1, pose: 0.6, classify: 4.9, smooth: 0.1, total: 13 },
  };
}

function landmarks(
  matrix: Matrix4,
  widthPx: number,
  heightPx: number,
  deform: MadeFace["deform"],
): Float32Array {
  const out = new Float32Array(VERTICES_CM.length);
  const point = new Vector3();
  const focal = focalPx(heightPx, FOV_DEG);
  const middleDepth = -matrix.elements[14];
  for (let i = 0; i < VERTICES_CM.length / 3; i++) {
    const [x, y, z] = [VERTICES_CM[3 * i], VERTICES_CM[3 * i + 1], VERTICES_CM[3 * i + 2]];
    point.set(...(deform?.(i, x, y, z) ?? [x, y, z])).applyMatrix4(matrix);
    const [px, py] = project([point.x, point.y, point.z], widthPx, heightPx, FOV_DEG);
    out.set([px, py, (-(point.z + middleDepth) * focal) / middleDepth], 3 * i);
  }
  return out;
}

function expression(made: MadeFace): Face["expression"] {
  const { label = "happiness", confidence = 0.82, sinceS = 0 } = made;
  const top = Math.max((FERPLUS as readonly string[]).indexOf(label), 0);
  const ferplus = new Float32Array(8).fill((1 - confidence) / 7);
  ferplus[top] = confidence;
  return { label, confidence, ferplus, fer2013: new Float32Array(7).fill(1 / 7), sinceS };
}
