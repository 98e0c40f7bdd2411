/**
 * Names for the points of the 468-point face mesh, as in Python's `face_landmarks.py`.
 *
 * Left and right are the person's own. Outlines list neighbouring points in order.
 */

export const RIGHT_EYE_OUTER = 33;
export const RIGHT_EYE_INNER = 133;
export const RIGHT_EYE_UPPER = 159;
export const RIGHT_EYE_LOWER = 145;
export const LEFT_EYE_OUTER = 263;
export const LEFT_EYE_INNER = 362;
export const LEFT_EYE_UPPER = 386;
export const LEFT_EYE_LOWER = 374;
/** A second pair of points on the lids, nearer to the nose. */
export const RIGHT_EYE_UPPER_INNER = 158;
export const RIGHT_EYE_LOWER_INNER = 153;
export const LEFT_EYE_UPPER_INNER = 385;
export const LEFT_EYE_LOWER_INNER = 380;

export const NOSE_TIP = 4;
export const NOSE_FRONT = 1;
export const NOSE_BASE = 2;
export const NOSE_BRIDGE = 168;
export const RIGHT_NOSTRIL = 98;
export const LEFT_NOSTRIL = 327;

export const RIGHT_MOUTH_CORNER = 61;
export const LEFT_MOUTH_CORNER = 291;
export const UPPER_LIP_TOP = 0;
export const UPPER_LIP_BOTTOM = 13;
export const LOWER_LIP_TOP = 14;
export const LOWER_LIP_BOTTOM = 17;
export const UNDER_NOSE = 164;

export const HAIRLINE = 10;
export const FOREHEAD = 151;
export const CHIN = 152;
export const RIGHT_CHEEK = 50;
export const LEFT_CHEEK = 280;
export const RIGHT_UNDER_EYE = 230;
export const LEFT_UNDER_EYE = 450;
export const RIGHT_TEMPLE = 162;
export const LEFT_TEMPLE = 389;
export const RIGHT_EAR = 234;
export const LEFT_EAR = 454;

export const RIGHT_BROW_INNER = [55, 107] as const;
export const LEFT_BROW_INNER = [285, 336] as const;
export const RIGHT_BROW_ARCH = [52, 105, 63] as const;
export const LEFT_BROW_ARCH = [282, 334, 293] as const;
export const RIGHT_BROW_TOP = 105;
export const LEFT_BROW_TOP = 334;

export const RIGHT_EYE_OUTLINE = [33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246] as const;
export const LEFT_EYE_OUTLINE = [263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466] as const;
export const INNER_LIPS_OUTLINE = [
  78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191,
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
    ...INNER_LIPS_OUTLINE,
    ...[76, 62, 183, 184, 74, 42, 73, 41, 72, 38, 11, 12, 302, 268, 303, 271, 304, 272, 408, 407, 306, 292],
  ],
};
