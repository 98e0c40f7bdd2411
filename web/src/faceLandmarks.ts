/**
 * Names of points in the 468-point face mesh, as in Python's `face_landmarks.py`: the one map from parts of a face to
 * landmark indices.
 *
 * Left and right are the person's own.
 */

export const RIGHT_EYE_OUTER = 33;
export const RIGHT_EYE_INNER = 133;
export const LEFT_EYE_OUTER = 263;
export const LEFT_EYE_INNER = 362;
export const NOSE_TIP = 1;
export const NOSE_BASE = 2;
export const MOUTH_RIGHT = 61;
export const MOUTH_LEFT = 291;
/** The middle of the inner lips, upper and lower: their mean is the mouth's opening. */
export const MOUTH = [13, 14] as const;
/** The middle of the outer lips, upper and lower. */
export const OUTER_LIPS = [0, 17] as const;

/** Pairs of points on the lids, upper and lower: above the pupil, and nearer to the nose. */
export const RIGHT_LIDS = [[159, 145], [158, 153]] as const;
export const LEFT_LIDS = [[386, 374], [385, 380]] as const;

/** The inner end of a brow; its first point is the nearest to the nose. */
export const RIGHT_BROW_INNER = [55, 107] as const;
export const LEFT_BROW_INNER = [285, 336] as const;
export const RIGHT_BROW_ARCH = [52, 105, 63] as const;
export const LEFT_BROW_ARCH = [282, 334, 293] as const;

/** Outlines of the openings in the face, in order around each. */
export const RIGHT_EYE_OUTLINE = [33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246] as const;
export const LEFT_EYE_OUTLINE = [263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466] as const;
export const INNER_LIPS = [
  78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191,
] as const;
export const EYES_AND_MOUTH: readonly (readonly number[])[] = [RIGHT_EYE_OUTLINE, LEFT_EYE_OUTLINE, INNER_LIPS];

/** Means over landmarks that move little with the expression: right eye, left eye, nose, corners of the mouth. */
export const ALIGNMENT_POINTS: readonly (readonly number[])[] = [
  [RIGHT_EYE_OUTER, RIGHT_EYE_INNER, ...RIGHT_LIDS[0]],
  [LEFT_EYE_OUTER, LEFT_EYE_INNER, ...LEFT_LIDS[0]],
  [NOSE_TIP, NOSE_BASE, 98, 327],
  [MOUTH_RIGHT],
  [MOUTH_LEFT],
];

/** Where stickers and objects are attached; each is the mean of these points. */
export const ATTACHMENT_POINTS: Readonly<Record<string, readonly number[]>> = {
  above_head: [10], // the hairline: an offset upwards leads above the head
  forehead: [151],
  between_eyes: [168],
  nose: [4],
  under_nose: [164],
  mouth: MOUTH,
  chin: [152],
  left_eye: [LEFT_EYE_OUTER, LEFT_EYE_INNER],
  right_eye: [RIGHT_EYE_OUTER, RIGHT_EYE_INNER],
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

/**
 * Landmarks that move little with the expression, and are far apart: eye corners, bridge, tip and wings of the nose,
 * forehead, temples and the sides of the face down to the ears.
 */
export const RIGID_POINTS = [
  ...[RIGHT_EYE_OUTER, RIGHT_EYE_INNER, LEFT_EYE_INNER, LEFT_EYE_OUTER, 168, 6, 197, 195, 5, 4, NOSE_TIP, 98, 327, 2],
  ...[10, 109, 338, 67, 297, 127, 356, 234, 454, 93, 323],
] as const;

export type CueName = "brows" | "eyes" | "nose" | "mouth";

/** The parts of a face that show its expression. */
export const CUES: Readonly<Record<CueName, readonly number[]>> = {
  brows: [70, 63, 105, 66, 107, 55, 65, 52, 53, 46, 300, 293, 334, 296, 336, 285, 295, 282, 283, 276, 9, 8],
  eyes: [
    ...RIGHT_EYE_OUTLINE,
    ...LEFT_EYE_OUTLINE,
    ...[130, 247, 30, 29, 27, 28, 56, 190, 243, 112, 26, 22, 23, 24, 110, 25],
    ...[359, 467, 260, 259, 257, 258, 286, 414, 463, 341, 256, 252, 253, 254, 339, 255],
  ],
  nose: [168, 6, 197, 195, 5, 4, 1, 2, 98, 327, 129, 358, 64, 294, 48, 278, 49, 279, 122, 351, 188, 412],
  mouth: [
    ...[61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 185, 40, 39, 37, 0, 267, 269, 270, 409],
    ...INNER_LIPS,
    ...[76, 62, 183, 184, 74, 42, 73, 41, 72, 38, 11, 12, 302, 268, 303, 271, 304, 272, 408, 407, 306, 292],
  ],
};
