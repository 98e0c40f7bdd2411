/** The state of an avatar's face, from the measures of a person's face. */

import type { Measures } from "../../face/measures";

export interface AvatarFace {
  /** -1 pulled down, 0 at rest, 1 raised. */
  readonly browLeft: number;
  readonly browRight: number;
  /** -1 inner ends down and together, 1 inner ends up. */
  readonly browTilt: number;
  /** 0 closed, 1 as at rest, up to 1.35 wide open. */
  readonly eyeLeft: number;
  readonly eyeRight: number;
  /** 0 closed, 1 wide open. */
  readonly jaw: number;
  /** -1 corners down, 1 corners up. */
  readonly smileLeft: number;
  readonly smileRight: number;
  /** 0.6 pursed, 1 at rest, 1.3 wide. */
  readonly mouthWidth: number;
}

export const AT_REST: AvatarFace = {
  browLeft: 0,
  browRight: 0,
  browTilt: 0,
  eyeLeft: 1,
  eyeRight: 1,
  jaw: 0,
  smileLeft: 0,
  smileRight: 0,
  mouthWidth: 1,
};

const BROW = 0.09; // the largest movement of a brow, in eye distances
const CORNER = 0.085;
const JAW = 0.42;

/** `neutral` is the person's own face at rest, or the average one. */
export function avatarFace(now: Measures, neutral: Measures): AvatarFace {
  const browLeft = now.browLeft - neutral.browLeft;
  const browRight = now.browRight - neutral.browRight;
  const inner = now.innerBrowLeft + now.innerBrowRight - neutral.innerBrowLeft - neutral.innerBrowRight;
  const open = clamp((now.mouthOpen - neutral.mouthOpen - 0.015) / JAW, 0, 1);
  // an open jaw lowers the middle of the lips, which is no smile
  const lowered = 0.5 * Math.max(now.mouthOpen - neutral.mouthOpen, 0);
  return {
    browLeft: clamp(browLeft / BROW, -1, 1),
    browRight: clamp(browRight / BROW, -1, 1),
    browTilt: clamp((inner / 2 - (browLeft + browRight) / 2 + 0.4 * (now.browGap - neutral.browGap)) / 0.05, -1, 1),
    eyeLeft: lids(now.lidsLeft / Math.max(neutral.lidsLeft, 0.1)),
    eyeRight: lids(now.lidsRight / Math.max(neutral.lidsRight, 0.1)),
    jaw: open,
    smileLeft: clamp((now.cornerLeft - neutral.cornerLeft - lowered) / CORNER, -1, 1),
    smileRight: clamp((now.cornerRight - neutral.cornerRight - lowered) / CORNER, -1, 1),
    mouthWidth: clamp(now.mouthWidth / Math.max(neutral.mouthWidth, 0.1), 0.6, 1.35),
  };
}

/** Between two faces, `share` of the way to the second. */
export function blendFaces(a: AvatarFace, b: AvatarFace, share: number): AvatarFace {
  const entries = Object.keys(a).map((key) => {
    const name = key as keyof AvatarFace;
    return [name, a[name] + share * (b[name] - a[name])];
  });
  return Object.fromEntries(entries) as unknown as AvatarFace;
}

/** The mesh never closes completely: a small opening counts as closed. */
function lids(share: number): number {
  return clamp((share - 0.38) / 0.62, 0, 1.35);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
