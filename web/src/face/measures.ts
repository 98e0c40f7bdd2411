/** How far brows, lids and mouth have moved: measured on the mesh, turned upright, in eye distances. */

import { CANONICAL_FACE, LANDMARK_COUNT } from "../canonical";
import * as at from "../faceLandmarks";

/** Lengths in outer-eye distances; left and right are the person's own. */
export interface Measures {
  /** Height of the brow over the line of the eyes: its inner end, and its arch. */
  readonly innerBrowLeft: number;
  readonly innerBrowRight: number;
  readonly browLeft: number;
  readonly browRight: number;
  /** Between the inner ends of the brows. */
  readonly browGap: number;
  /** Opening between the lids over the width of the eye. */
  readonly lidsLeft: number;
  readonly lidsRight: number;
  /** Height of the mouth's corner over the middle of the lips. */
  readonly cornerLeft: number;
  readonly cornerRight: number;
  readonly mouthWidth: number;
  readonly mouthOpen: number;
  /** From the nose to the upper lip: short when the lip is raised. */
  readonly upperLip: number;
  /** Height of both lips together, without the opening: thin when pressed. */
  readonly lipHeight: number;
}

export const MEASURES = [
  "innerBrowLeft",
  "innerBrowRight",
  "browLeft",
  "browRight",
  "browGap",
  "lidsLeft",
  "lidsRight",
  "cornerLeft",
  "cornerRight",
  "mouthWidth",
  "mouthOpen",
  "upperLip",
  "lipHeight",
] as const satisfies readonly (keyof Measures)[];

const upright = new Float32Array(3 * LANDMARK_COUNT);

/**
 * Measures one face.
 *
 * @param landmarksPx (468 * 3,) as in `Face`
 * @param pose (16,) column-major, as in `Face`: only its rotation is used
 */
export function measure(landmarksPx: ArrayLike<number>, pose: ArrayLike<number>): Measures {
  turnUpright(landmarksPx, pose, upright);
  return measureUpright(upright);
}

/** The measures of the average face at rest, for people whose own neutral face is not known yet. */
export function averageNeutral(): Measures {
  return measureUpright(CANONICAL_FACE.verticesCm);
}

/** The mean of measures, such as those of a neutral face over three seconds. */
export function meanMeasures(all: readonly Measures[]): Measures {
  if (all.length === 0) return averageNeutral();
  const entries = MEASURES.map((name) => [name, all.reduce((sum, one) => sum + one[name], 0) / all.length]);
  return Object.fromEntries(entries) as unknown as Measures;
}

/** Landmarks in the head frame's directions: x to the person's left, y up, z out of the face. */
function turnUpright(points: ArrayLike<number>, pose: ArrayLike<number>, out: Float32Array): void {
  for (let i = 0; i < 3 * LANDMARK_COUNT; i += 3) {
    const [x, y, z] = [points[i], -points[i + 1], -points[i + 2]]; // pixels run down and away from the camera
    for (let axis = 0; axis < 3; axis++)
      out[i + axis] = pose[4 * axis] * x + pose[4 * axis + 1] * y + pose[4 * axis + 2] * z; // the transpose inverts a rotation
  }
}

function measureUpright(p: ArrayLike<number>): Measures {
  const x = (i: number): number => p[3 * i];
  const y = (i: number): number => p[3 * i + 1];
  const span = (a: number, b: number): number =>
    Math.hypot(p[3 * a] - p[3 * b], p[3 * a + 1] - p[3 * b + 1], p[3 * a + 2] - p[3 * b + 2]);
  const meanY = (indices: readonly number[]): number => indices.reduce((sum, i) => sum + y(i), 0) / indices.length;
  const opening = (lids: readonly (readonly number[])[]): number =>
    lids.reduce((sum, [upper, lower]) => sum + span(upper, lower), 0);
  const unit = span(at.RIGHT_EYE_OUTER, at.LEFT_EYE_OUTER);
  const eyesY = meanY([at.RIGHT_EYE_OUTER, at.RIGHT_EYE_INNER, at.LEFT_EYE_OUTER, at.LEFT_EYE_INNER]);
  const lipsY = meanY(at.OUTER_LIPS);
  const inUnits = (value: number): number => value / unit;
  return {
    innerBrowLeft: inUnits(meanY(at.LEFT_BROW_INNER) - eyesY),
    innerBrowRight: inUnits(meanY(at.RIGHT_BROW_INNER) - eyesY),
    browLeft: inUnits(meanY(at.LEFT_BROW_ARCH) - eyesY),
    browRight: inUnits(meanY(at.RIGHT_BROW_ARCH) - eyesY),
    browGap: inUnits(x(at.LEFT_BROW_INNER[0]) - x(at.RIGHT_BROW_INNER[0])),
    lidsLeft: opening(at.LEFT_LIDS) / (2 * span(at.LEFT_EYE_OUTER, at.LEFT_EYE_INNER)),
    lidsRight: opening(at.RIGHT_LIDS) / (2 * span(at.RIGHT_EYE_OUTER, at.RIGHT_EYE_INNER)),
    cornerLeft: inUnits(y(at.MOUTH_LEFT) - lipsY),
    cornerRight: inUnits(y(at.MOUTH_RIGHT) - lipsY),
    mouthWidth: inUnits(span(at.MOUTH_RIGHT, at.MOUTH_LEFT)),
    mouthOpen: inUnits(span(...at.MOUTH)),
    upperLip: inUnits(span(at.NOSE_BASE, at.OUTER_LIPS[0])),
    lipHeight: inUnits(span(at.OUTER_LIPS[0], at.MOUTH[0]) + span(at.MOUTH[1], at.OUTER_LIPS[1])),
  };
}
