/** Layout of text boxes: beside a head, inside the view, not over faces or each other; as in Python's `layout.py`. Boxes are in view pixels. */

import type { Box, Point } from "../../maths/geometry";

/** A box that should not be covered; `weight` is the cost of covering all of it, or of lying on it entirely. */
export interface Obstacle {
  readonly box: Box;
  readonly weight: number;
}

/** The places that a box may take. */
export interface Wish {
  /** Inside the view, the preferred ones first. */
  readonly places: readonly Box[];
  /** The same places before they are moved inside the view; the shift has a cost. */
  readonly wanted: readonly Box[];
  /** The place of the last frame, which is preferred a little. */
  readonly last: number | undefined;
  /** How far a new place is from what has to be free; the last one may touch it, so that text does not come and go. */
  readonly asidePx?: number;
  /** From each place a line that must not cross another face, such as a bubble's tail. */
  readonly lines?: readonly (Line | undefined)[];
  /** May lie over its own face: the last resort of a face that fills the view. */
  readonly overOwnFace?: boolean;
  /** A form that all texts have that can, or none: a crowd is not shown in two ways. */
  readonly forAll?: boolean;
}

/** From one end to the other. */
export type Line = readonly [Point, Point];

/** What lies in the view. */
export interface Ground {
  /** Never covered: faces and the text that is placed already. */
  readonly free: readonly Box[];
  /** Never crossed by a line: the faces of other people. */
  readonly uncrossed: readonly Box[];
  /** Covered where there is no better place, such as hair. */
  readonly obstacles: readonly Obstacle[];
}

/** The wish that is granted, and which of its places. */
export interface Placed {
  readonly wish: Wish;
  readonly index: number;
}

const HAIR = 0.36; // of the landmark box's height, above it: landmarks end at the hairline
const EARS = 0.12; // of its width, on each side
const CHIN = 0.04; // of its height, below
const STAY = 0.25; // cost saved by staying on the side of the last frame, so that text does not alternate between two
const MOVED = 0.35; // cost of being pushed by one box size to get inside the view
const ROUNDS = 3;

export const widthOf = (box: Box): number => box[2] - box[0];
export const heightOf = (box: Box): number => box[3] - box[1];
const areaOf = (box: Box): number => widthOf(box) * heightOf(box);
export const shifted = (box: Box, x: number, y: number): Box => [box[0] + x, box[1] + y, box[2] + x, box[3] + y];

/** The box around the head, estimated from the box around the landmarks. */
export function headBox(face: Box): Box {
  const [width, height] = [widthOf(face), heightOf(face)];
  return [face[0] - EARS * width, face[1] - HAIR * height, face[2] + EARS * width, face[3] + CHIN * height];
}

/** Shared area in square pixels. */
export function overlap(a: Box, b: Box): number {
  const across = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const down = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  return across > 0 && down > 0 ? across * down : 0;
}

/** The box, moved inside by the smallest shift; centred where it does not fit. */
export function clampToFrame(box: Box, room: Box): Box {
  const x = shiftInside(box[0], box[2], room[0], room[2]);
  const y = shiftInside(box[1], box[3], room[1], room[3]);
  return shifted(box, x, y);
}

/** Index of the cheapest place that covers nothing which has to be free; undefined where there is none. */
export function cheapestPosition(wish: Wish, ground: Ground): number | undefined {
  let best: number | undefined;
  let least = Infinity;
  for (const index of wish.places.keys()) {
    const cost = costOf(wish, index, ground.obstacles);
    if (cost < least && isFree(wish, index, ground)) [best, least] = [index, cost];
  }
  return best;
}

/**
 * For each text the first of its wishes that has a free place: in a few rounds each takes its cheapest place, given
 * those of the others. A text without any free place gets none.
 *
 * @param groundOf what text `of` must not cover under that wish, without the other texts
 */
export function cheapestPositions(
  wishes: readonly (readonly Wish[])[],
  groundOf: (of: number, wish: Wish) => Ground,
): (Placed | undefined)[] {
  const chosen = inRounds(wishes, groundOf);
  const lacks = wishes.some((all, of) => all.some(({ forAll }) => forAll) && !chosen[of]?.wish.forAll);
  return lacks ? inRounds(wishes.map((all) => all.filter(({ forAll }) => !forAll)), groundOf) : chosen;
}

function inRounds(wishes: readonly (readonly Wish[])[], groundOf: (of: number, wish: Wish) => Ground): (Placed | undefined)[] {
  const chosen: (Placed | undefined)[] = wishes.map(() => undefined);
  const rounds = wishes.filter((all) => all.length > 0).length > 1 ? ROUNDS : 1; // one alone has no others to follow
  for (let round = 0; round < rounds; round++)
    for (const [of, all] of wishes.entries()) {
      const others = chosen.flatMap((placed, j) => (placed && j !== of ? [placed.wish.places[placed.index]] : []));
      chosen[of] = firstPlaced(all, (wish) => {
        const ground = groundOf(of, wish);
        return { ...ground, free: [...ground.free, ...others] };
      });
    }
  return chosen;
}

function firstPlaced(wishes: readonly Wish[], groundOf: (wish: Wish) => Ground): Placed | undefined {
  for (const wish of wishes) {
    const index = cheapestPosition(wish, groundOf(wish));
    if (index !== undefined) return { wish, index };
  }
  return undefined;
}

function costOf({ places, wanted, last }: Wish, index: number, obstacles: readonly Obstacle[]): number {
  const place = places[index];
  const covered = obstacles.reduce((sum, { box, weight }) => sum + weight * coveredShare(place, box), 0);
  const pushed =
    Math.abs(place[0] - wanted[index][0]) / Math.max(widthOf(place), 1e-6) +
    Math.abs(place[1] - wanted[index][1]) / Math.max(heightOf(place), 1e-6);
  return 0.05 * index + covered + MOVED * pushed - (index === last ? STAY : 0);
}

function isFree({ places, last, lines, asidePx = 0 }: Wish, index: number, { free, uncrossed }: Ground): boolean {
  const place = places[index];
  const aside = index === last ? 0 : asidePx;
  const grown: Box = [place[0] - aside, place[1] - aside, place[2] + aside, place[3] + aside];
  if (free.some((box) => overlap(grown, box) > 0)) return false;
  const line = lines?.[index];
  return !line || !uncrossed.some((box) => crosses(line, box));
}

/** Whether a part of the line lies inside the box. */
export function crosses([from, to]: Line, box: Box): boolean {
  let [first, last] = [0, 1]; // the part of the line that is left after it is cut at each edge
  for (const axis of [0, 1] as const) {
    const along = to[axis] - from[axis];
    const [low, high] = [box[axis] - from[axis], box[axis + 2] - from[axis]];
    if (Math.abs(along) < 1e-9) {
      if (low > 0 || high < 0) return false;
      continue;
    }
    first = Math.max(first, Math.min(low / along, high / along));
    last = Math.min(last, Math.max(low / along, high / along));
  }
  return first < last;
}

/** Overlap as a share of the smaller box: a bubble must not cover a small label. */
function coveredShare(a: Box, b: Box): number {
  return overlap(a, b) / Math.max(Math.min(areaOf(a), areaOf(b)), 1e-6);
}

function shiftInside(low: number, high: number, least: number, most: number): number {
  if (high - low > most - least) return (least + most - low - high) / 2;
  return Math.max(least - low, 0) - Math.max(high - most, 0);
}
