/** The grid of anchors that BlazeFace's outputs refer to, and the conversion of outputs to pixels. */

import { areaOfBox, iou, type Box, type Point } from "../maths/geometry";

export const KEYPOINT_COUNT = 6;
const REGRESSORS = 4 + 2 * KEYPOINT_COUNT;

/** The layout of one BlazeFace model's outputs. */
export interface DetectorGrid {
  readonly model: "face_detection_short_range" | "face_detection_full_range_sparse";
  /** Side of the square input. */
  readonly inputPx: number;
  /** Stride in pixels and anchors at each cell, in output order. */
  readonly layers: readonly { readonly stride: number; readonly count: number }[];
}

export const SHORT_RANGE: DetectorGrid = {
  model: "face_detection_short_range",
  inputPx: 128,
  layers: [
    { stride: 8, count: 2 },
    { stride: 16, count: 6 },
  ],
};
export const FULL_RANGE: DetectorGrid = {
  model: "face_detection_full_range_sparse",
  inputPx: 192,
  layers: [{ stride: 4, count: 1 }],
};

/** A face as a detector finds it. */
export interface Detection {
  readonly box: Box;
  /** The person's right eye, left eye, nose tip, mouth centre, right and left ear. */
  readonly keypoints: readonly Point[];
  /** 0..1 */
  readonly score: number;
}

/** A face that was found, but not read. */
export interface UnreadDetection extends Detection {
  /** Key of a message, such as "turned_away". */
  readonly reason: UnreadReason;
}

/** Why a face that the detector sees cannot be read. */
export const UNREAD_REASONS = ["turned_away", "cut_off", "too_small", "covered"] as const;
export type UnreadReason = (typeof UNREAD_REASONS)[number];

/** Anchor centres (A * 2,) in input pixels, row by row, each repeated as often as its cell has anchors. */
export function anchorCentres(grid: DetectorGrid): Float32Array {
  const centres: number[] = [];
  for (const { stride, count } of grid.layers) {
    const cells = Math.floor(grid.inputPx / stride);
    for (let y = 0; y < cells; y++) {
      for (let x = 0; x < cells; x++) {
        for (let i = 0; i < count; i++) centres.push((x + 0.5) * stride, (y + 0.5) * stride);
      }
    }
  }
  return new Float32Array(centres);
}

/**
 * The detections of at least `minimumScore`, in input pixels.
 *
 * Regressors (A * 16,) are centre, size and six points, relative to the anchor's centre; logits are (A,).
 */
export function decode(
  regressors: Float32Array,
  logits: Float32Array,
  centres: Float32Array,
  minimumScore: number,
): Detection[] {
  const floor = Math.log(minimumScore / (1 - minimumScore));
  const found: Detection[] = [];
  logits.forEach((logit, i) => {
    if (!(logit >= floor)) return;
    const raw = regressors.subarray(i * REGRESSORS, (i + 1) * REGRESSORS);
    const [anchorX, anchorY] = [centres[2 * i], centres[2 * i + 1]];
    const [x, y, halfWidth, halfHeight] = [raw[0] + anchorX, raw[1] + anchorY, raw[2] / 2, raw[3] / 2];
    const box = [x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight] as const;
    if (!(areaOfBox(box) > 0)) return;
    const keypoints = Array.from(
      { length: KEYPOINT_COUNT },
      (_, k) => [raw[4 + 2 * k] + anchorX, raw[5 + 2 * k] + anchorY] as const,
    );
    found.push({ box, keypoints, score: 1 / (1 + Math.exp(-Math.min(Math.max(logit, -50), 50))) });
  });
  return found;
}

/**
 * Merges overlapping detections into their score-weighted mean, which jitters less than the best one.
 *
 * Best score first; a merged face keeps its highest score (Bazarevsky et al., 2019).
 */
export function weightedNms(found: readonly Detection[], maximumIou: number): Detection[] {
  let rest = [...found].sort((a, b) => b.score - a.score);
  const merged: Detection[] = [];
  for (let best = rest[0]; best; best = rest[0]) {
    const { box } = best;
    const same = rest.filter((other, i) => i === 0 || iou(box, other.box) > maximumIou);
    rest = rest.filter((other) => !same.includes(other));
    merged.push(weightedMean(same));
  }
  return merged;
}

/** Of detections of one face, best first. */
function weightedMean(same: readonly Detection[]): Detection {
  const total = same.reduce((sum, one) => sum + one.score, 0);
  const mean = (value: (one: Detection) => number) =>
    same.reduce((sum, one) => sum + (one.score / total) * value(one), 0);
  const side = (k: 0 | 1 | 2 | 3) => mean((one) => one.box[k]);
  return {
    box: [side(0), side(1), side(2), side(3)],
    keypoints: same[0].keypoints.map((_, k) => [
      mean((one) => one.keypoints[k][0]),
      mean((one) => one.keypoints[k][1]),
    ]),
    score: same[0].score,
  };
}
