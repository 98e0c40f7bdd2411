/** Which face belongs to which track: place and motion decide, never the order in a list; and what is one face. */

import { boxOfPoints, intersectionOverSmaller, iou, type Box, type Point } from "../maths/geometry";

export const SAME_FACE_IOU = 0.45;
export const SAME_FACE_CONTAINED = 0.8; // share of the smaller box inside the other
export const SAME_FACE_OVAL = 0.8; // of the larger face's oval: two centres that are this close belong to one face
export const BESIDE_SIZES = 0.85; // of the smaller face: two people's middles are further apart, unless one hides the other
export const DAMPING_S = 0.6; // a hidden face slows down with this time constant, so extrapolation stays near
export const VELOCITY_MEMORY_S = 0.15;
export const SURPRISE_SIZES = 0.1; // a face this far from where it was expected has another velocity now: no average
export const SIZE_WEIGHT = 1.5; // of the logarithm of the ratio of sizes in the match cost: sizes change slowly
export const GATE_SIZES = 1.25; // largest match cost of a face in the next frame, in face sizes: a start from rest
export const GATE_SIZES_PER_S = 1; // growth of that limit with the time since the face was last seen
export const GATE_STRIDES = 2; // and with the way that the face goes at its speed: it may have turned back
export const GATE_MAXIMUM_SIZES = 3; // of the part that grows with time, and of the part that grows with the speed

/** Where a face was, how large and how fast. */
export class Motion {
  private constructor(
    readonly centrePx: Point,
    readonly sizePx: number,
    readonly velocityPxS: Point,
    readonly timeS: number,
    /** The velocity is not known yet. */
    private readonly seenOnce = false,
  ) {}

  /** The motion of a face seen once. */
  static begin(landmarksPx: Float32Array, timeS: number): Motion {
    const { centre, size } = centreSize(landmarksPx);
    return new Motion(centre, size, [0, 0], timeS, true);
  }

  /** The motion after the face was seen again. */
  advance(landmarksPx: Float32Array, timeS: number): Motion {
    const { centre, size } = centreSize(landmarksPx);
    const stepS = timeS - this.timeS;
    if (stepS <= 0) return new Motion(centre, size, this.velocityPxS, timeS);
    const surprising = this.surprise(landmarksPx, timeS) > SURPRISE_SIZES;
    const memory = surprising ? 0 : Math.exp(-stepS / VELOCITY_MEMORY_S);
    const along = (k: 0 | 1) => memory * this.velocityPxS[k] + ((1 - memory) * (centre[k] - this.centrePx[k])) / stepS;
    return new Motion(centre, size, [along(0), along(1)], timeS);
  }

  /** The same motion in a picture that is larger by this factor. */
  scaled(factor: number): Motion {
    const [x, y] = this.centrePx;
    const [u, v] = this.velocityPxS;
    const size = factor * this.sizePx;
    return new Motion([factor * x, factor * y], size, [factor * u, factor * v], this.timeS, this.seenOnce);
  }

  /** Where the face should be at that time. */
  expectedCentrePx(timeS: number): Point {
    const reach = reachS(timeS - this.timeS);
    return [this.centrePx[0] + this.velocityPxS[0] * reach, this.centrePx[1] + this.velocityPxS[1] * reach];
  }

  /** How badly landmarks seen at that time fit this motion: 0 is as expected, 1 is off by one face size. */
  matchCost(landmarksPx: Float32Array, timeS: number): number {
    const { size } = centreSize(landmarksPx);
    return this.surprise(landmarksPx, timeS) + SIZE_WEIGHT * Math.abs(Math.log(size / this.sizePx));
  }

  /** How far landmarks seen at that time are from the expected centre, in face sizes. */
  surprise(landmarksPx: Float32Array, timeS: number): number {
    const { centre } = centreSize(landmarksPx);
    const [x, y] = this.expectedCentrePx(timeS);
    return Math.hypot(centre[0] - x, centre[1] - y) / this.sizePx;
  }

  /** How far the face goes up to that time at its speed, in face sizes; 1 while its speed is not known. */
  stride(timeS: number): number {
    return this.seenOnce ? 1 : (Math.hypot(...this.velocityPxS) * reachS(timeS - this.timeS)) / this.sizePx;
  }

  /** The largest cost at which a face at that time is still the same one; a fast one may have turned back. */
  gate(timeS: number): number {
    const still = Math.min(GATE_SIZES + GATE_SIZES_PER_S * Math.max(0, timeS - this.timeS), GATE_MAXIMUM_SIZES);
    return still + Math.min(GATE_STRIDES * this.stride(timeS), GATE_MAXIMUM_SIZES);
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
  return others.some((other) => sameFace(box, boxOfPoints(other, 3)));
}

/** The key of the nearest of the other landmarks that are too close to be another person's, if any. */
export function beside(landmarksPx: Float32Array, others: ReadonlyMap<number, Float32Array>): number | undefined {
  const { centre, size } = centreSize(landmarksPx);
  let [nearest, least]: [number | undefined, number] = [undefined, BESIDE_SIZES];
  for (const [key, other] of others) {
    const of = centreSize(other);
    const apart = Math.hypot(centre[0] - of.centre[0], centre[1] - of.centre[1]) / Math.min(size, of.size);
    if (apart < least) [nearest, least] = [key, apart];
  }
  return nearest;
}

/**
 * Whether two boxes are around the same face: they overlap much, one contains the other, or the centre of the smaller is
 * inside the oval of the larger. Two people's faces are side by side, one above the other, or one hides the other.
 */
export function sameFace(a: Box, b: Box): boolean {
  const sides = ([left, top, right, bottom]: Box): Point => [right - left, bottom - top];
  const [[width, height], [otherWidth, otherHeight]] = [sides(a), sides(b)];
  const [across, down] = width * height > otherWidth * otherHeight ? [width, height] : [otherWidth, otherHeight];
  const x = (a[0] + a[2] - b[0] - b[2]) / Math.max(SAME_FACE_OVAL * across, 1e-9);
  const y = (a[1] + a[3] - b[1] - b[3]) / Math.max(SAME_FACE_OVAL * down, 1e-9);
  return x * x + y * y < 1 || intersectionOverSmaller(a, b) > SAME_FACE_CONTAINED || iou(a, b) > SAME_FACE_IOU;
}

/** RMS difference of two landmarks, (468 * 3,), after the best similarity transform, in face sizes. */
export function distortion(beforePx: Float32Array, nowPx: Float32Array): number {
  const [before, now] = [centred(beforePx), centred(nowPx)];
  let [squaresBefore, squaresNow, along, crosswise] = [0, 0, 0, 0];
  for (let i = 0; i < now.length; i += 2) {
    squaresBefore += before[i] ** 2 + before[i + 1] ** 2;
    squaresNow += now[i] ** 2 + now[i + 1] ** 2;
    along += before[i] * now[i] + before[i + 1] * now[i + 1];
    crosswise += before[i] * now[i + 1] - before[i + 1] * now[i];
  }
  const left = squaresNow - (along ** 2 + crosswise ** 2) / Math.max(squaresBefore, 1e-9);
  return Math.sqrt(Math.max(left, 0) / (now.length / 2)) / centreSize(nowPx).size;
}

/** x and y of every second landmark, with their mean at zero. */
function centred(landmarksPx: Float32Array): Float64Array {
  const out = new Float64Array(2 * Math.ceil(landmarksPx.length / 6));
  const mean = [0, 0];
  for (let i = 0; i < out.length; i++) {
    out[i] = landmarksPx[6 * (i >> 1) + (i & 1)];
    mean[i & 1] += (2 * out[i]) / out.length;
  }
  return out.map((value, i) => value - mean[i & 1]);
}

/** Time for which a velocity counts after `stepS`, in which it decays. */
function reachS(stepS: number): number {
  return DAMPING_S * (1 - Math.exp(-Math.max(0, stepS) / DAMPING_S));
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
