/** Places on the head and outlines in the mesh, as in Python's `overlay/perspective.py` and `mesh_shading.py`. */

import { CANONICAL_FACE, LANDMARK_COUNT } from "../canonical";

const { triangles: TRIANGLES, verticesCm: VERTICES_CM } = CANONICAL_FACE;

/** Landmarks whose mean is the anchor. Left and right are the person's own. */
export const ANCHORS: Readonly<Record<string, readonly number[]>> = {
  above_head: [10],
  forehead: [151],
  between_eyes: [168],
  nose: [4],
  under_nose: [164],
  mouth: [13, 14],
  chin: [152],
  left_eye: [263, 362],
  right_eye: [33, 133],
  left_under_eye: [450],
  right_under_eye: [230],
  left_cheek: [280],
  right_cheek: [50],
  left_temple: [389],
  right_temple: [162],
  left_brow: [334],
  right_brow: [105],
  left_ear: [454],
  right_ear: [234],
};

/** Outlines of the openings in the face, in order: the right eye, the left eye, the inner lips. */
export const EYES_AND_MOUTH: readonly (readonly number[])[] = [
  [33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246],
  [263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466],
  [78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191],
];

/** From outer eye corner to outer eye corner. */
export const EYE_DISTANCE_CM = Math.abs(VERTICES_CM[3 * 263] - VERTICES_CM[3 * 33]);

/** The anchor on the average head, in centimetres. */
export function anchorCm(anchor: string): [number, number, number] {
  return meanOf(ANCHORS[anchor], VERTICES_CM);
}

/** Mean of some points of a (468 * 3,) array. */
export function meanOf(indices: readonly number[], points: ArrayLike<number>): [number, number, number] {
  const sum: [number, number, number] = [0, 0, 0];
  for (const index of indices) for (let axis = 0; axis < 3; axis++) sum[axis] += points[3 * index + axis];
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

export type CueName = "brows" | "eyes" | "nose" | "mouth";

/** The parts of a face that one looks at to read an expression. */
export const CUES: Readonly<Record<CueName, readonly number[]>> = {
  brows: [70, 63, 105, 66, 107, 55, 65, 52, 53, 46, 300, 293, 334, 296, 336, 285, 295, 282, 283, 276, 9, 8],
  eyes: [
    ...[33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246],
    ...[263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466],
    ...[130, 247, 30, 29, 27, 28, 56, 190, 243, 112, 26, 22, 23, 24, 110, 25],
    ...[359, 467, 260, 259, 257, 258, 286, 414, 463, 341, 256, 252, 253, 254, 339, 255],
  ],
  nose: [168, 6, 197, 195, 5, 4, 1, 2, 98, 327, 129, 358, 64, 294, 48, 278, 49, 279, 122, 351, 188, 412],
  mouth: [
    ...[61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 185, 40, 39, 37, 0, 267, 269, 270, 409],
    ...[78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 191, 80, 81, 82, 13, 312, 311, 310, 415],
    ...[76, 62, 183, 184, 74, 42, 73, 41, 72, 38, 11, 12, 302, 268, 303, 271, 304, 272, 408, 407, 306, 292],
  ],
};
