/** The average head in centimetres: attachment points, eye distance and edges of the mesh. */

import { CANONICAL_FACE, LANDMARK_COUNT } from "../../canonical";
import { ATTACHMENT_POINTS, LEFT_EYE_OUTER, RIGHT_EYE_OUTER } from "../../faceLandmarks";

const { triangles: TRIANGLES, verticesCm: VERTICES_CM } = CANONICAL_FACE;

/** From outer eye corner to outer eye corner. */
export const EYE_DISTANCE_CM = Math.abs(VERTICES_CM[3 * LEFT_EYE_OUTER] - VERTICES_CM[3 * RIGHT_EYE_OUTER]);

/** An attachment point on the average head, in centimetres. */
export function attachmentCm(name: string): [number, number, number] {
  return meanOf(ATTACHMENT_POINTS[name], VERTICES_CM);
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
