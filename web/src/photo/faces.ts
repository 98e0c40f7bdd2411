/** What the photo screen shows of each face. */

import type { ContentPack, Sticker } from "../content/pack";
import { category, FERPLUS, UNSURE } from "../labels";
import { allStickers } from "../overlay/layers/sticker";
import type { Face, Scene } from "../types";

export interface Share {
  readonly label: string;
  readonly share: number;
}

/** The probabilities of a face, the most likely first. */
export function sharesOf(face: Face): Share[] {
  return FERPLUS.map((label, i) => ({ label, share: face.expression.ferplus[i] })).sort((a, b) => b.share - a.share);
}

/**
 * Stickers that fit a face: those of its expression first, then of the next likely ones.
 *
 * A face that is unsure gets suggestions from all of its likely expressions.
 */
export function suggestStickers(face: Face, pack: ContentPack, most = 6): Sticker[] {
  const first = face.expression.label === UNSURE ? [] : [category(face.expression.label) as string];
  const labels = [...new Set([...first, ...sharesOf(face).map(({ label }) => label)])];
  const found = labels.flatMap((label) => pack.stickers[label] ?? []);
  return found.length > 0 ? found.slice(0, most) : allStickers(pack).slice(0, most);
}

/** From left to right. */
export function inReadingOrder(faces: readonly Face[]): Face[] {
  return [...faces].sort((a, b) => a.boxXyxyPx[0] - b.boxXyxyPx[0]);
}

/** How many faces were found beyond the largest number. */
export function leftOut(scene: Scene & { readonly facesLeftOut?: number }): number {
  return scene.facesLeftOut ?? 0;
}
