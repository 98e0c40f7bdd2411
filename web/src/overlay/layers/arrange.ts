/** Stickers beside a 3D object and beside each other: two at one place would lie on each other. */

import type { HeadObject, Place, Sticker } from "../../content/pack";

export interface Arranged {
  readonly sticker: Sticker;
  readonly place: Place;
}

/** The attachment point of hats. */
export const ABOVE = "above_head";
/** Beside what sits on the head, in eye distances: to the side, and down with the round head. */
export const BESIDE = 1.2;
export const LOWER = 0.3;

/**
 * Each sticker at its places. Above the head the first comes to the middle and the next ones to its sides; an object
 * there counts as the first. At every other point there is one thing: an object, or the first sticker.
 *
 * @param kept stickers that are shown in any case, since they were chosen by hand
 */
export function arranged(stickers: readonly Sticker[], object: HeadObject | undefined, kept: boolean): Arranged[] {
  let above = object?.at === ABOVE ? 1 : 0;
  const used = new Set(object ? [object.at] : []);
  return stickers.flatMap((sticker) => {
    const points = sticker.places.map(({ at }) => at);
    const middle = sticker.places.length === 1 && points[0] === ABOVE;
    if (middle) return [{ sticker, place: beside(sticker.places[0], above++) }];
    const free = !points.some((at) => used.has(at));
    for (const at of points) used.add(at);
    return free || kept ? sticker.places.map((place) => ({ sticker, place })) : [];
  });
}

/** The middle, then left and right in turn, further out each time. */
function beside(place: Place, slot: number): Place {
  if (slot === 0) return place;
  const out = Math.ceil(slot / 2);
  const [left, up, forward] = place.offset;
  const side = slot % 2 === 1 ? 1 : -1;
  return { ...place, offset: [left + side * BESIDE * out, up - LOWER * out, forward] };
}
