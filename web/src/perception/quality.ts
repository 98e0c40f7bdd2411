/** Whether a face is good enough for its expression to be recognised, and why not. */

import { LANDMARK_COUNT } from "../canonical";
import type { GreyPicture } from "../image/picture";
import type { Quality } from "../types";
import { eyeDistancePx } from "./pose";

/** The keys in `Quality.reasons`. */
export const QUALITY_REASONS = ["too_small", "turned_away", "cut_off", "too_dark", "too_bright", "too_blurred"] as const;
export type QualityReason = (typeof QUALITY_REASONS)[number];

/** Variance of the rounding to integers, in squared grey levels. */
const ROUNDING = 1 / 12;
/** Of the Laplacian for the variance of noise: 4 x 1 + 16. */
const LAPLACIAN_GAIN = 20;
const MIDDLE_GREY = 128;

/** The limits within which a face is usable. */
export interface QualityOptions {
  /** Outer corners: a face of about 20 px, which FER2013's detail needs. */
  readonly minimumEyeDistancePx: number;
  /** Of the aligned crop, in grey levels; below it accuracy falls by 5 points and more. */
  readonly minimumContrast: number;
  /** Of the aligned crop; 99.5 % of FER2013 is sharper than 0.17. */
  readonly minimumSharpness: number;
  /** A smaller face is enlarged to the crop, and may be less sharp. */
  readonly sharpEyeDistancePx: number;
  /** A head turned by 50 to 70 degrees reads as 45 to 57. */
  readonly maximumYawDeg: number;
  /** Share of the landmarks inside the picture. */
  readonly minimumVisible: number;
}

export const QUALITY: QualityOptions = {
  minimumEyeDistancePx: 9,
  minimumContrast: 1.8,
  minimumSharpness: 0.09,
  sharpEyeDistancePx: 27,
  maximumYawDeg: 45,
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
  const isFlat = contrast(crop) < options.minimumContrast;
  const leastSharp = options.minimumSharpness * Math.min(eyes / options.sharpEyeDistancePx, 1);
  const isDark = mean(crop.data) < MIDDLE_GREY;
  const failed: Readonly<Record<QualityReason, boolean>> = {
    too_small: eyes < options.minimumEyeDistancePx,
    turned_away: Math.abs(yaw) > options.maximumYawDeg,
    cut_off: visible(landmarksPx, widthPx, heightPx) < options.minimumVisible,
    too_dark: isFlat && isDark,
    too_bright: isFlat && !isDark,
    too_blurred: !isFlat && sharp < leastSharp, // nothing can be blurred where nothing is
  };
  const reasons = QUALITY_REASONS.filter((reason) => failed[reason]);
  return { usable: reasons.length === 0, reasons, eyeDistancePx: eyes, sharpness: sharp, yawDeg: yaw };
}

/** The standard deviation of a grey crop in grey levels, without the variance that rounding to integers adds. */
export function contrast({ data }: GreyPicture): number {
  return Math.sqrt(Math.max(variance(data) - ROUNDING, 0));
}

/**
 * Variance of the Laplacian of a grey crop over the variance of the crop; 0 where the crop has no contrast.
 *
 * Light and contrast change both variances alike, so that a dark or pale face is as sharp as a bright one. The variance
 * that rounding to integers adds is subtracted from both: in a dark crop it would count as detail.
 */
export function sharpness(crop: GreyPicture): number {
  const detail = variance(laplacian(crop)) - LAPLACIAN_GAIN * ROUNDING;
  const ofCrop = variance(crop.data) - ROUNDING;
  return ofCrop > ROUNDING ? Math.max(detail, 0) / ofCrop : 0;
}

/** The Laplacian of a grey crop; at the edge the picture is mirrored. */
function laplacian({ data, widthPx, heightPx }: GreyPicture): Float32Array {
  const column = (x: number) => (x < 0 ? 1 : x >= widthPx ? widthPx - 2 : x);
  const row = (y: number) => (y < 0 ? 1 : y >= heightPx ? heightPx - 2 : y) * widthPx;
  const out = new Float32Array(data.length);
  for (let y = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++) {
      const here = y * widthPx;
      const around = data[here + column(x - 1)] + data[here + column(x + 1)] + data[row(y - 1) + x] + data[row(y + 1) + x];
      out[here + x] = around - 4 * data[here + x];
    }
  }
  return out;
}

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

function variance(values: ArrayLike<number>): number {
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += values[i] ** 2;
  return squares / values.length - mean(values) ** 2;
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
