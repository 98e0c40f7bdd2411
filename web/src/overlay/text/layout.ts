/** Layout of text boxes: beside a head, inside the view, not over faces or each other; as in Python's `layout.py`. Boxes are in view pixels. */

import type { Box } from "../../maths/geometry";

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

/** Index of the cheapest place. */
export function cheapestPosition({ places, wanted, last }: Wish, obstacles: readonly Obstacle[]): number {
  const costs = places.map((place, index) => {
    const covered = obstacles.reduce((sum, { box, weight }) => sum + weight * coveredShare(place, box), 0);
    const pushed =
      Math.abs(place[0] - wanted[index][0]) / Math.max(widthOf(place), 1e-6) +
      Math.abs(place[1] - wanted[index][1]) / Math.max(heightOf(place), 1e-6);
    return 0.05 * index + covered + MOVED * pushed - (index === last ? STAY : 0);
  });
  return costs.indexOf(Math.min(...costs));
}

/**
 * For each box the index of its place: in a few rounds each takes its cheapest, given the places of the others.
 *
 * @param weight the cost of covering another box
 */
export function cheapestPositions(wishes: readonly Wish[], obstacles: readonly Obstacle[], weight: number): number[] {
  const chosen: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    wishes.forEach((wish, i) => {
      const others = chosen.flatMap((at, j) => (j === i ? [] : [{ box: wishes[j].places[at], weight }]));
      chosen[i] = cheapestPosition(wish, [...obstacles, ...others]);
    });
  }
  return chosen;
}

/** Overlap as a share of the smaller box: a bubble must not cover a small label. */
function coveredShare(a: Box, b: Box): number {
  return overlap(a, b) / Math.max(Math.min(areaOf(a), areaOf(b)), 1e-6);
}

function shiftInside(low: number, high: number, least: number, most: number): number {
  if (high - low > most - least) return (least + most - low - high) / 2;
  return Math.max(least - low, 0) - Math.max(high - most, 0);
}
