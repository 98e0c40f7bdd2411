/** The cues of each expression: movements of brows, eyes, nose and mouth, and how far they have gone in a face. */

import { type Measures } from "../face/measures";
import type { CueName } from "../faceLandmarks";

export const EXPRESSIONS = ["happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt", "neutral"] as const;
export type ExpressionName = (typeof EXPRESSIONS)[number];

export interface Cue {
  /** Key of its message below "cue.". */
  readonly id: string;
  readonly part: CueName;
  /** Movement from the neutral face in the direction of the cue; `full` is a complete one. */
  readonly moved: (now: Measures, neutral: Measures) => number;
  readonly full: number;
}

type Side = "Left" | "Right";

const mean = (name: "brow" | "innerBrow" | "lids" | "corner") => (face: Measures): number =>
  (face[`${name}Left`] + face[`${name}Right`]) / 2;
const change = (of: (face: Measures) => number, sign: 1 | -1) => (now: Measures, neutral: Measures): number =>
  sign * (of(now) - of(neutral));
const brow = mean("brow");
const inner = mean("innerBrow");
const lids = mean("lids");
const corner = mean("corner");
const open = (face: Measures): number => face.mouthOpen;
const corner1 = (side: Side) => (face: Measures): number => face[`corner${side}`];

/** Lengths are eye distances; lids are a share of the eye's width. Chosen so that a clear but relaxed movement is full. */
const BROWS_UP: Cue = { id: "brows_up", part: "brows", moved: change(brow, 1), full: 0.055 };
const BROWS_DOWN: Cue = { id: "brows_down", part: "brows", moved: change(inner, -1), full: 0.035 };
const BROWS_TOGETHER: Cue = { id: "brows_together", part: "brows", moved: change((face) => face.browGap, -1), full: 0.025 };
const INNER_UP: Cue = {
  id: "inner_brows_up",
  part: "brows",
  moved: (now, neutral) => inner(now) - inner(neutral) - 0.5 * (brow(now) - brow(neutral)),
  full: 0.03,
};
const EYES_WIDE: Cue = { id: "eyes_wide", part: "eyes", moved: change(lids, 1), full: 0.07 };
const EYES_NARROW: Cue = { id: "eyes_narrow", part: "eyes", moved: change(lids, -1), full: 0.07 };
const MOUTH_OPEN: Cue = { id: "mouth_open", part: "mouth", moved: change(open, 1), full: 0.15 };
const CORNERS_UP: Cue = { id: "corners_up", part: "mouth", moved: change(corner, 1), full: 0.05 };
const CORNERS_DOWN: Cue = { id: "corners_down", part: "mouth", moved: change(corner, -1), full: 0.03 };
const MOUTH_WIDE: Cue = { id: "mouth_wide", part: "mouth", moved: change((face) => face.mouthWidth, 1), full: 0.08 };
const LIPS_PRESSED: Cue = { id: "lips_pressed", part: "mouth", moved: change((face) => face.lipHeight, -1), full: 0.03 };
const LIP_RAISED: Cue = { id: "lip_raised", part: "nose", moved: change((face) => face.upperLip, -1), full: 0.03 };
const ONE_CORNER: Cue = {
  id: "one_corner",
  part: "mouth",
  moved: (now, neutral) =>
    Math.abs(change(corner1("Left"), 1)(now, neutral) - change(corner1("Right"), 1)(now, neutral)),
  full: 0.035,
};
const RELAXED: Cue = {
  id: "relaxed",
  part: "mouth",
  // as still as the neutral face: less movement is more
  moved: (now, neutral) =>
    1 - (Math.abs(corner(now) - corner(neutral)) + Math.abs(brow(now) - brow(neutral)) + Math.abs(open(now) - open(neutral))) / 0.12,
  full: 0.7,
};

export const CUES_OF: Readonly<Record<ExpressionName, readonly Cue[]>> = {
  happiness: [CORNERS_UP, MOUTH_WIDE, EYES_NARROW],
  surprise: [BROWS_UP, EYES_WIDE, MOUTH_OPEN],
  sadness: [INNER_UP, CORNERS_DOWN],
  anger: [BROWS_DOWN, BROWS_TOGETHER, LIPS_PRESSED],
  disgust: [LIP_RAISED, BROWS_DOWN, EYES_NARROW],
  fear: [BROWS_UP, EYES_WIDE, MOUTH_WIDE],
  contempt: [ONE_CORNER],
  neutral: [RELAXED],
};

/** Share of the complete movement, 0..1. */
export function progressOf(cue: Cue, now: Measures, neutral: Measures): number {
  return Math.min(Math.max(cue.moved(now, neutral) / cue.full, 0), 1);
}

export type Step = "rest" | "begun" | "nearly" | "there";

/** A word, since a number would look like a score. */
export function stepOf(progress: number): Step {
  if (progress >= 0.8) return "there";
  if (progress >= 0.5) return "nearly";
  return progress >= 0.2 ? "begun" : "rest";
}
