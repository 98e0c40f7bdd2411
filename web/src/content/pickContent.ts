/** Which content a face gets: at random, but the same as long as its label lasts. */

import { UNSURE } from "../labels";
import { type Face, shownLabel } from "../types";
import type { ByLabel } from "./pack";

/**
 * One of the items of the label that the face is shown with; undefined where it is unsure or not usable, or has no such item.
 *
 * The choice keeps no state: it is a hash of track, label and the time the label began, as in Python
 * (docs/decisions/0003).
 */
export function pickContent<T>(items: ByLabel<T>, face: Face, seed: number, kind: string): T | undefined {
  const { label, sinceS } = shownLabel(face);
  const list = face.quality.usable && label !== UNSURE ? items[label] : undefined;
  if (!list?.length) return undefined;
  return list[hash(`${seed}|${kind}|${face.trackId}|${label}|${sinceS.toFixed(6)}`) % list.length];
}

/** FNV-1a with a final mix, so that near times do not give neighbouring entries. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x45d9f3b);
  return (value ^ (value >>> 16)) >>> 0;
}
