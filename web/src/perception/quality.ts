/** Whether a face is good enough for its expression to be recognised, and why not. */

import { LANDMARK_COUNT } from "../canonical";
import type { GreyPicture } from "../image/picture";
import type { Quality } from "../types";
import { eyeDistancePx } from "./pose";

/** The keys in `Quality.reasons`. */
export const QUALITY_REASONS = ["too_small", "turned_away", "cut_off", "too_blurred"] as const;
export type QualityReason = (typeof QUALITY_REASONS)[number];

/** The limits within which a face is usable. */
export interface QualityOptions {
  /** Outer corners: a face of about 20 px, which FER2013's detail needs. */
  readonly minimumEyeDistancePx: number;
  /** Of the aligned crop; 99.5 % of FER2013 is sharper than 317. */
  readonly minimumSharpness: number;
  /** Beyond it half of the face is hidden. */
  readonly maximumYawDeg: number;
  /** Share of the landmarks inside the picture. */
  readonly minimumVisible: number;
}

export const QUALITY: QualityOptions = {
  minimumEyeDistancePx: 9,
  minimumSharpness: 250,
  maximumYawDeg: 55,
  minimumVisible: 0.75,
};

/** The quality of one face: (468 * 3,) landmarks, (16,) pose and aligned crop in a picture of that size. */
export function assess(
  landmarksPx: Float32Array,
  pose: Float32Array,
  crop: GreyPicture,
  widthPx: number,
  heightPx: number,
  options: QualityOptions = QUALITY,
): Quality {
  const eyes = eyeDistancePx(landmarksPx);
  const [sharp, yaw] = [sharpness(crop), apparentYawDeg(pose)];
  const failed: Readonly<Record<QualityReason, boolean>> = {
    too_small: eyes < options.minimumEyeDistancePx,
    turned_away: Math.abs(yaw) > options.maximumYawDeg,
    cut_off: visible(landmarksPx, widthPx, heightPx) < options.minimumVisible,
    too_blurred: sharp < options.minimumSharpness,
  };
  const reasons = QUALITY_REASONS.filter((reason) => failed[reason]);
  return { usable: reasons.length === 0, reasons, eyeDistancePx: eyes, sharpness: sharp, yawDeg: yaw };
}

/** Variance of the Laplacian of a grey crop, in squared grey levels; at the edge the picture is mirrored. */
export function sharpness({ data, widthPx, heightPx }: GreyPicture): number {
  const column = (x: number) => (x < 0 ? 1 : x >= widthPx ? widthPx - 2 : x);
  const row = (y: number) => (y < 0 ? 1 : y >= heightPx ? heightPx - 2 : y) * widthPx;
  let sum = 0;
  let squares = 0;
  for (let y = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++) {
      const here = y * widthPx;
      const around = data[here + column(x - 1)] + data[here + column(x + 1)] + data[row(y - 1) + x] + data[row(y + 1) + x];
      const value = around - 4 * data[here + x];
      sum += value;
      squares += value * value;
    }
  }
  return squares / data.length - (sum / data.length) ** 2;
}

/**
 * Yaw of the head relative to the line of sight; positive to the person's left.
 *
 * A face at the picture's edge that faces the camera has a yaw in the camera's frame, but none to the line of sight.
 */
export function apparentYawDeg(pose: Float32Array): number {
  const turned = Math.atan2(pose[8], pose[10]) - Math.atan2(-pose[12], -pose[14]);
  const wrapped = turned - 2 * Math.PI * Math.round(turned / (2 * Math.PI));
  return (wrapped * 180) / Math.PI;
}

/** Share of the landmarks inside the picture. */
function visible(landmarksPx: Float32Array, widthPx: number, heightPx: number): number {
  let inside = 0;
  for (let i = 0; i < landmarksPx.length; i += 3) {
    const [x, y] = [landmarksPx[i], landmarksPx[i + 1]];
    if (x >= 0 && y >= 0 && x <= widthPx - 1 && y <= heightPx - 1) inside++;
  }
  return inside / LANDMARK_COUNT;
}
