/** The state of an avatar's face, from the measures of a person's face and its expression. */

import type { Movements } from "../../face/measureNetwork";
import type { Measures } from "../../face/measures";
import { FERPLUS } from "../../labels";

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

/** The face of an average person at rest: medians of 135 neutral faces of FER2013, as the mesh sees them. */
export const PERSON_AT_REST: Measures = {
  innerBrowLeft: 0.206,
  innerBrowRight: 0.207,
  browLeft: 0.239,
  browRight: 0.237,
  browGap: 0.283,
  lidsLeft: 0.312,
  lidsRight: 0.311,
  cornerLeft: 0,
  cornerRight: -0.002,
  mouthWidth: 0.521,
  mouthOpen: 0.025,
  upperLip: 0.161,
  lipHeight: 0.196,
};

/**
 * What an expression adds to the avatar, where people show it in small movements that a cartoon must enlarge, such as
 * the corners of a sad mouth. Differences from rest.
 */
const ADDED: Readonly<Record<(typeof FERPLUS)[number], Partial<AvatarFace>>> = {
  neutral: {},
  happiness: { browLeft: 0.3, browRight: 0.3, smileLeft: 0.7, smileRight: 0.7, mouthWidth: 0.1 },
  surprise: { browLeft: 0.6, browRight: 0.6, eyeLeft: 0.3, eyeRight: 0.3, jaw: 0.25, mouthWidth: -0.15 },
  sadness: { browTilt: 0.9, smileLeft: -0.8, smileRight: -0.8 },
  anger: { browLeft: -0.5, browRight: -0.5, browTilt: -1, eyeLeft: -0.12, eyeRight: -0.12, smileLeft: -0.5, smileRight: -0.5 },
  disgust: { browLeft: -0.4, browRight: -0.4, browTilt: -0.6, eyeLeft: -0.1, eyeRight: -0.1, smileLeft: -0.7, smileRight: -0.5 },
  fear: { browLeft: 0.4, browRight: 0.4, browTilt: 0.8, eyeLeft: 0.25, eyeRight: 0.25, jaw: 0.12, smileLeft: -0.35, smileRight: -0.35 },
  contempt: { browRight: 0.35, eyeLeft: -0.2, eyeRight: -0.2, smileLeft: 0.65, smileRight: -0.15 },
};

const BROW = 0.09; // the largest movement of a brow, in eye distances
const CORNER = 0.085;
const JAW = 0.42;
/** Corners that move by less are at rest: the mesh is not that exact. */
const STILL = 0.12;
/** `jawOpen` of a wide open mouth: one face of FER2013 in a hundred has more. */
const WIDE_OPEN = 0.6;
/** An eye that is narrower than the other by that much is a wink. */
const WINK = 0.45;

const RANGES: Readonly<Record<keyof AvatarFace, readonly [number, number]>> = {
  browLeft: [-1, 1],
  browRight: [-1, 1],
  browTilt: [-1, 1],
  eyeLeft: [0, 1.35],
  eyeRight: [0, 1.35],
  jaw: [0, 1],
  smileLeft: [-1, 1],
  smileRight: [-1, 1],
  mouthWidth: [0.6, 1.35],
};

/**
 * The movements of a face, with what its expression adds.
 *
 * @param neutral the person's own face at rest, or the average one
 * @param ferplus (8,) probabilities in the order of `FERPLUS`; empty for a face without an expression
 * @param movements of the network, once it is there: it sees an open jaw and a smile better than lengths do
 */
export function avatarFace(
  now: Measures,
  neutral: Measures,
  ferplus: ArrayLike<number> = [],
  movements?: Movements,
): AvatarFace {
  const moved = movedFace(now, neutral);
  const face = { ...moved, ...(movements && smileAndJaw(moved, movements)) };
  for (const [i, label] of FERPLUS.entries())
    for (const [key, added] of Object.entries(ADDED[label])) face[key as keyof AvatarFace] += (ferplus[i] ?? 0) * added;
  return smiled(inRanges(face));
}

/** The movements alone. */
function movedFace(now: Measures, neutral: Measures): AvatarFace {
  const browLeft = now.browLeft - neutral.browLeft;
  const browRight = now.browRight - neutral.browRight;
  const inner = now.innerBrowLeft + now.innerBrowRight - neutral.innerBrowLeft - neutral.innerBrowRight;
  const open = now.mouthOpen - neutral.mouthOpen;
  const wider = now.mouthWidth - neutral.mouthWidth;
  // an open jaw lowers the middle of the lips, which is no smile; a mouth that becomes wider is half of one
  const lowered = 0.2 * Math.max(open, 0) - 0.25 * Math.max(wider - 0.05, 0);
  return {
    browLeft: browLeft / BROW,
    browRight: browRight / BROW,
    browTilt: (inner / 2 - (browLeft + browRight) / 2 + 0.4 * (now.browGap - neutral.browGap)) / 0.05,
    eyeLeft: lids(now.lidsLeft / Math.max(neutral.lidsLeft, 0.1)),
    eyeRight: lids(now.lidsRight / Math.max(neutral.lidsRight, 0.1)),
    jaw: (open - 0.015) / JAW,
    smileLeft: withoutStill((now.cornerLeft - neutral.cornerLeft - lowered) / CORNER),
    smileRight: withoutStill((now.cornerRight - neutral.cornerRight - lowered) / CORNER),
    mouthWidth: now.mouthWidth / Math.max(neutral.mouthWidth, 0.1),
  };
}

/** Corners that go down are told by lengths, which have no blendshape. */
function smileAndJaw(moved: AvatarFace, { jawOpen, mouthSmileLeft, mouthSmileRight }: Movements): Partial<AvatarFace> {
  return {
    jaw: jawOpen / WIDE_OPEN,
    smileLeft: mouthSmileLeft + Math.min(moved.smileLeft, 0),
    smileRight: mouthSmileRight + Math.min(moved.smileRight, 0),
  };
}

/**
 * Who smiles narrows the eyes from below: the upper lids stay open, or the face would seem tired, and the brows stay level,
 * or it would seem worried.
 */
function smiled(face: AvatarFace): AvatarFace {
  const smile = clamp((face.smileLeft + face.smileRight) / 2, 0, 1);
  const open = (eye: number, other: number): number => (other - eye > WINK ? eye : eye + smile * Math.max(1.08 - eye, 0));
  const brow = (raised: number): number => raised + smile * Math.max(0.1 - raised, 0);
  return {
    ...face,
    browLeft: brow(face.browLeft),
    browRight: brow(face.browRight),
    browTilt: face.browTilt * (1 - 0.85 * smile),
    eyeLeft: open(face.eyeLeft, face.eyeRight),
    eyeRight: open(face.eyeRight, face.eyeLeft),
  };
}

function inRanges(face: AvatarFace): AvatarFace {
  const entries = Object.entries(RANGES).map(([key, [low, high]]) => [key, clamp(face[key as keyof AvatarFace], low, high)]);
  return Object.fromEntries(entries) as unknown as AvatarFace;
}

function withoutStill(value: number): number {
  return Math.sign(value) * Math.max(Math.abs(value) - STILL, 0);
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
  return (share - 0.38) / 0.62;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
