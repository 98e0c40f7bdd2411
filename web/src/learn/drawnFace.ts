/** A face drawn in a few lines, with a parameter for each part that expressions move. */

import type { ExpressionName } from "./cues";

export interface DrawnFace {
  /** Height of the brow's inner and outer end over rest; up is positive. */
  readonly browInner: number;
  readonly browOuter: number;
  /** Inwards. */
  readonly browTogether: number;
  /** 1 at rest. */
  readonly eyes: number;
  /** Height of each corner; the second is the person's right. */
  readonly corners: readonly [number, number];
  readonly mouthOpen: number;
  /** 1 at rest. */
  readonly mouthWidth: number;
  /** Wrinkles beside the nose, 0..1. */
  readonly nose: number;
  readonly cheeks: number;
}

const REST: DrawnFace = { browInner: 0, browOuter: 0, browTogether: 0, eyes: 1, corners: [0, 0], mouthOpen: 0, mouthWidth: 1, nose: 0, cheeks: 0 };

export const DRAWN: Readonly<Record<ExpressionName, DrawnFace>> = {
  neutral: REST,
  happiness: { ...REST, eyes: 0.72, corners: [13, 13], mouthOpen: 7, mouthWidth: 1.25, cheeks: 1 },
  surprise: { ...REST, browInner: 11, browOuter: 11, eyes: 1.4, mouthOpen: 22, mouthWidth: 0.62 },
  sadness: { ...REST, browInner: 9, browOuter: -5, browTogether: 2, eyes: 0.82, corners: [-9, -9], mouthWidth: 0.9 },
  anger: { ...REST, browInner: -9, browOuter: 5, browTogether: 6, eyes: 0.78, corners: [-4, -4], mouthWidth: 0.92 },
  disgust: { ...REST, browInner: -5, browOuter: 0, browTogether: 4, eyes: 0.62, corners: [-5, -5], mouthOpen: 5, mouthWidth: 0.95, nose: 1, cheeks: 0.4 },
  fear: { ...REST, browInner: 10, browOuter: 3, browTogether: 5, eyes: 1.36, corners: [-5, -5], mouthOpen: 7, mouthWidth: 1.2 },
  contempt: { ...REST, browOuter: 2, eyes: 0.84, corners: [10, -2], mouthWidth: 0.98 },
};

/** The same face a little stronger or weaker; `by` is -1..1. */
export function varied(face: DrawnFace, by: number): DrawnFace {
  const factor = 1 + 0.22 * by;
  const entries = Object.entries(face).map(([name, value]: [string, number | readonly number[]]) => {
    const rest = REST[name as keyof DrawnFace];
    if (typeof value !== "number") return [name, value.map((part) => part * factor)];
    return [name, (rest as number) + factor * (value - (rest as number))];
  });
  return Object.fromEntries(entries) as unknown as DrawnFace;
}

/** SVG path of a brow; `side` 1 is the person's left, on the right of the picture. */
export function browPath(face: DrawnFace, side: 1 | -1): string {
  const inX = 100 + side * (14 - face.browTogether);
  const outX = 100 + side * 47;
  const [inY, outY] = [74 - face.browInner, 76 - face.browOuter];
  const middleY = Math.min(inY, outY) - 5;
  return `M${inX} ${inY}Q${(inX + outX) / 2} ${middleY} ${outX} ${outY}`;
}

/** SVG path of the mouth: a line, or an opening. */
export function mouthPath(face: DrawnFace): string {
  const half = 25 * face.mouthWidth;
  const y = 146;
  const [left, right] = [y - face.corners[0], y - face.corners[1]]; // of the person, so left is on the right
  const middle = y + 0.35 * (face.corners[0] + face.corners[1]);
  const upper = `M${100 - half} ${right}Q100 ${2 * middle - (left + right) / 2 - face.mouthOpen * 0.5} ${100 + half} ${left}`;
  const lower = `Q100 ${2 * middle - (left + right) / 2 + face.mouthOpen * 1.7} ${100 - half} ${right}`;
  return face.mouthOpen > 0 ? `${upper}${lower}Z` : upper;
}
