/** Which face belongs to which track: overlap and motion decide, never the order in a list. */

import { boxOfPoints, iou, type Point } from "../maths/geometry";

export const SAME_FACE_IOU = 0.45;
export const DAMPING_S = 0.6; // a hidden face slows down with this time constant, so extrapolation stays near
export const VELOCITY_MEMORY_S = 0.15;
export const GATE_SIZES = 0.9; // how far, in face sizes, a returning face may be from its expected place
export const GATE_SIZES_PER_S = 1;
export const GATE_MAXIMUM_SIZES = 3;

/** Where a face was, how large and how fast. */
export class Motion {
  private constructor(
    readonly centrePx: Point,
    readonly sizePx: number,
    readonly velocityPxS: Point,
    readonly timeS: number,
  ) {}

  /** The motion of a face seen once. */
  static begin(landmarksPx: Float32Array, timeS: number): Motion {
    const { centre, size } = centreSize(landmarksPx);
    return new Motion(centre, size, [0, 0], timeS);
  }

  /** The motion after the face was seen again. */
  advance(landmarksPx: Float32Array, timeS: number): Motion {
    const { centre, size } = centreSize(landmarksPx);
    const stepS = timeS - this.timeS;
    if (stepS <= 0) return new Motion(centre, size, this.velocityPxS, timeS);
    const memory = Math.exp(-stepS / VELOCITY_MEMORY_S);
    const along = (k: 0 | 1) => memory * this.velocityPxS[k] + ((1 - memory) * (centre[k] - this.centrePx[k])) / stepS;
    return new Motion(centre, size, [along(0), along(1)], timeS);
  }

  /** The same motion in a picture that is larger by this factor. */
  scaled(factor: number): Motion {
    const [x, y] = this.centrePx;
    const [u, v] = this.velocityPxS;
    return new Motion([factor * x, factor * y], factor * this.sizePx, [factor * u, factor * v], this.timeS);
  }

  /** Where the face should be at that time. */
  expectedCentrePx(timeS: number): Point {
    const reachS = DAMPING_S * (1 - Math.exp(-Math.max(0, timeS - this.timeS) / DAMPING_S));
    return [this.centrePx[0] + this.velocityPxS[0] * reachS, this.centrePx[1] + this.velocityPxS[1] * reachS];
  }

  /** How badly landmarks seen at that time fit this motion: 0 is as expected, 1 is off by one face size. */
  matchCost(landmarksPx: Float32Array, timeS: number): number {
    const { centre, size } = centreSize(landmarksPx);
    const [x, y] = this.expectedCentrePx(timeS);
    return Math.hypot(centre[0] - x, centre[1] - y) / this.sizePx + Math.abs(Math.log(size / this.sizePx));
  }

  /** The largest cost at which a face that returns at that time is still the same one. */
  gate(timeS: number): number {
    return Math.min(GATE_SIZES + GATE_SIZES_PER_S * Math.max(0, timeS - this.timeS), GATE_MAXIMUM_SIZES);
  }
}

/**
 * Positions of fits that lie on a face which another track explains better.
 *
 * When one face passes behind another, the mesh of the hidden one slides onto the one in front; motion tells which
 * track that face belongs to.
 */
export function suppressDuplicates(
  motions: readonly Motion[],
  fits: readonly Float32Array[],
  timeS: number,
): Set<number> {
  const losers = new Set<number>();
  for (let a = 0; a < fits.length; a++) {
    for (let b = a + 1; b < fits.length; b++) {
      if (losers.has(a) || losers.has(b) || !overlapsAny(fits[a], [fits[b]])) continue;
      losers.add(motions[a].matchCost(fits[a], timeS) > motions[b].matchCost(fits[b], timeS) ? a : b);
    }
  }
  return losers;
}

/** Whether these landmarks lie on the same face as one of the others. */
export function overlapsAny(landmarksPx: Float32Array, others: readonly Float32Array[]): boolean {
  const box = boxOfPoints(landmarksPx, 3);
  return others.some((other) => iou(box, boxOfPoints(other, 3)) > SAME_FACE_IOU);
}

/** Position in `found` to position in `lost`, the cheapest pairs first; faces beyond the gate are new. */
export function associate(
  lost: readonly Motion[],
  found: readonly Float32Array[],
  timeS: number,
): ReadonlyMap<number, number> {
  const pairs = found
    .flatMap((landmarks, f) => lost.map((motion, m) => ({ cost: motion.matchCost(landmarks, timeS), f, m })))
    .filter(({ cost, m }) => cost <= lost[m].gate(timeS))
    .sort((a, b) => a.cost - b.cost);
  const matches = new Map<number, number>();
  const matched = new Set<number>();
  for (const { f, m } of pairs) {
    if (matches.has(f) || matched.has(m)) continue;
    matches.set(f, m);
    matched.add(m);
  }
  return matches;
}

function centreSize(landmarksPx: Float32Array): { centre: Point; size: number } {
  const [left, top, right, bottom] = boxOfPoints(landmarksPx, 3);
  return { centre: [(left + right) / 2, (top + bottom) / 2], size: Math.max(right - left, bottom - top, 1e-3) };
}
