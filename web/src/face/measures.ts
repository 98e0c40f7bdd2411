/** How far brows, lids and mouth have moved: measured on the mesh, turned upright, in eye distances. */

import { CANONICAL_FACE, LANDMARK_COUNT } from "../canonical";

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
      out[i + axis] = pose[4 * axis] * x + pose[4 * axis + 1] * y + pose[4 * axis + 2] * z; // the transpose undoes a turn
  }
}

function measureUpright(p: ArrayLike<number>): Measures {
  const x = (i: number): number => p[3 * i];
  const y = (i: number): number => p[3 * i + 1];
  const span = (a: number, b: number): number =>
    Math.hypot(p[3 * a] - p[3 * b], p[3 * a + 1] - p[3 * b + 1], p[3 * a + 2] - p[3 * b + 2]);
  const unit = span(33, 263);
  const eyesY = (y(33) + y(133) + y(263) + y(362)) / 4;
  const lipsY = (y(0) + y(17)) / 2;
  const inUnits = (value: number): number => value / unit;
  return {
    innerBrowLeft: inUnits((y(285) + y(336)) / 2 - eyesY),
    innerBrowRight: inUnits((y(55) + y(107)) / 2 - eyesY),
    browLeft: inUnits((y(282) + y(334) + y(293)) / 3 - eyesY),
    browRight: inUnits((y(52) + y(105) + y(63)) / 3 - eyesY),
    browGap: inUnits(x(285) - x(55)),
    lidsLeft: (span(386, 374) + span(385, 380)) / (2 * span(263, 362)),
    lidsRight: (span(159, 145) + span(158, 153)) / (2 * span(33, 133)),
    cornerLeft: inUnits(y(291) - lipsY),
    cornerRight: inUnits(y(61) - lipsY),
    mouthWidth: inUnits(span(61, 291)),
    mouthOpen: inUnits(span(13, 14)),
    upperLip: inUnits(span(2, 0)),
    lipHeight: inUnits(span(0, 13) + span(14, 17)),
  };
}
