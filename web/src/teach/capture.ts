/** Takes the features of one face, several times while it is shown. */

import type { Face, Scene } from "../types";

export const FACES_AT_ONCE = 10;
export const MOST_FACES = 30; // of a label: more make the head no better, and training slower
/** Faces of neighbouring frames are the same face: these are apart. */
const EVERY_S = 0.25;

export class Capture {
  readonly faces: Float32Array[] = [];
  #lastS = -Infinity;

  /** @param wanted how many faces to take */
  constructor(readonly wanted = FACES_AT_ONCE) {}

  get done(): boolean {
    return this.faces.length >= this.wanted;
  }

  /** Takes the face, if it is usable, was classified in this scene, and enough time has passed. */
  add(face: Face | undefined, timeS: number): void {
    if (this.done || !face?.features || !face.quality.usable || timeS - this.#lastS < EVERY_S) return;
    this.faces.push(face.features.slice());
    this.#lastS = timeS;
  }
}

/** The face to teach: the chosen one, or nothing while it is away; the largest where none was chosen. */
export function taughtFace({ faces }: Scene, chosen: number | undefined): Face | undefined {
  const width = ({ boxXyxyPx: [left, , right] }: Face): number => right - left;
  if (chosen !== undefined) return faces.find(({ trackId }) => trackId === chosen);
  return [...faces].sort((a, b) => width(b) - width(a))[0];
}

/** The faces of a label after some more: the newest ones, no more than `MOST_FACES`. */
export function withFaces(before: readonly Float32Array[], more: readonly Float32Array[]): Float32Array[] {
  return [...before, ...more].slice(-MOST_FACES);
}
