/** Anchors on the head and edges of the mesh, as in Python's `overlay/perspective.py`. */

import { CANONICAL_FACE, LANDMARK_COUNT } from "../canonical";
import * as at from "../faceLandmarks";

const { triangles: TRIANGLES, verticesCm: VERTICES_CM } = CANONICAL_FACE;

/** Landmarks whose mean is the anchor. Left and right are the person's own. */
export const ANCHORS: Readonly<Record<string, readonly number[]>> = {
  above_head: [at.HAIRLINE],
  forehead: [at.FOREHEAD],
  between_eyes: [at.NOSE_BRIDGE],
  nose: [at.NOSE_TIP],
  under_nose: [at.UNDER_NOSE],
  mouth: [at.UPPER_LIP_BOTTOM, at.LOWER_LIP_TOP],
  chin: [at.CHIN],
  left_eye: [at.LEFT_EYE_OUTER, at.LEFT_EYE_INNER],
  right_eye: [at.RIGHT_EYE_OUTER, at.RIGHT_EYE_INNER],
  left_under_eye: [at.LEFT_UNDER_EYE],
  right_under_eye: [at.RIGHT_UNDER_EYE],
  left_cheek: [at.LEFT_CHEEK],
  right_cheek: [at.RIGHT_CHEEK],
  left_temple: [at.LEFT_TEMPLE],
  right_temple: [at.RIGHT_TEMPLE],
  left_brow: [at.LEFT_BROW_TOP],
  right_brow: [at.RIGHT_BROW_TOP],
  left_ear: [at.LEFT_EAR],
  right_ear: [at.RIGHT_EAR],
};

/** From outer eye corner to outer eye corner. */
export const EYE_DISTANCE_CM = Math.abs(VERTICES_CM[3 * at.LEFT_EYE_OUTER] - VERTICES_CM[3 * at.RIGHT_EYE_OUTER]);

/** The anchor on the average head, in centimetres. */
export function anchorCm(anchor: string): [number, number, number] {
  return meanOf(ANCHORS[anchor], VERTICES_CM);
}

/** Mean of some points of a (468 * 3,) array. */
export function meanOf(indices: readonly number[], coordinates: ArrayLike<number>): [number, number, number] {
  const sum: [number, number, number] = [0, 0, 0];
  for (const index of indices) for (let axis = 0; axis < 3; axis++) sum[axis] += coordinates[3 * index + axis];
  return [sum[0] / indices.length, sum[1] / indices.length, sum[2] / indices.length];
}

/** (M * 2,) the mesh's edges, each once. */
export function meshEdges(): Uint16Array {
  const seen = new Set<number>();
  for (let i = 0; i < TRIANGLES.length; i += 3)
    for (let corner = 0; corner < 3; corner++) {
      const a = TRIANGLES[i + corner];
      const b = TRIANGLES[i + ((corner + 1) % 3)];
      seen.add(Math.min(a, b) * LANDMARK_COUNT + Math.max(a, b));
    }
  return Uint16Array.from([...seen].flatMap((key) => [Math.floor(key / LANDMARK_COUNT), key % LANDMARK_COUNT]));
}
