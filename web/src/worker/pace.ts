/** How often frames are inferred: all of them while something moves, a few of them while nothing does. */

import { changeOf } from "../image/contents";
import type { Face, Scene } from "../types";

export interface PaceOptions {
  /** For how long nothing has moved when frames begin to be left out. */
  readonly stillAfterS: number;
  /** Between two frames that are inferred then; shorter than the gap after which the tracker detects all faces again. */
  readonly everyS: number;
  /** Inference takes at most this share of the time then, also on a slow device. */
  readonly most: number;
  /** Of a face's size: a face that is farther from where it was has moved. */
  readonly moved: number;
  /** Of the picture's contrast: more change of a cell from frame to frame than noise ever makes. */
  readonly changed: number;
}

export const PACE: PaceOptions = { stillAfterS: 2, everyS: 0.12, most: 0.5, moved: 0.02, changed: 0.5 };

/** A change of this times the largest one while nothing moved is no noise any more, plus a little for rounding. */
const LOUDER = 2;
const ROUNDING = 0.04;

interface Inferred {
  readonly scene: Scene;
  readonly contents: Float32Array;
}

export class Pace {
  /** Since which nothing has moved. */
  private still: Inferred | undefined;
  private last: Inferred | undefined;
  /** The largest change of a cell in the time before frames were left out. */
  private noise = 0;

  constructor(private readonly options: PaceOptions = PACE) {}

  /** Whether a frame with these contents is to be inferred. */
  isDue(contents: Float32Array, timeS: number): boolean {
    const { last } = this;
    if (!last || !this.isResting || timeS < last.scene.timeS) return true;
    const { total = 0, detect = 0 } = last.scene.timingsMs;
    // without a search, which the next frame needs only if the break is too long
    const breakS = Math.max(this.options.everyS, (total - detect) / 1000 / this.options.most);
    return timeS - last.scene.timeS >= breakS || this.isLoud(contents, last);
  }

  /** Takes what was found in a frame that was inferred. */
  inferred(scene: Scene, contents: Float32Array): void {
    const { still, last } = this;
    const change = still ? changeOf(contents, still.contents) : Infinity;
    const stirs = this.isResting ? this.isLoud(contents, last!) : change > this.options.changed;
    if (!still || stirs || this.hasMoved(still.scene, scene)) {
      this.still = { scene, contents };
      this.noise = 0;
    } else if (!this.isResting) {
      this.noise = Math.max(this.noise, change);
    }
    this.last = { scene, contents };
  }

  /** Whether frames are left out. */
  private get isResting(): boolean {
    const { last, still, options } = this;
    return last !== undefined && still !== undefined && last.scene.timeS - still.scene.timeS >= options.stillAfterS;
  }

  private isLoud(contents: Float32Array, before: Inferred): boolean {
    return changeOf(contents, before.contents) > LOUDER * this.noise + ROUNDING;
  }

  private hasMoved(before: Scene, { timeS, faces, widthPx }: Scene): boolean {
    if (timeS < before.timeS || widthPx !== before.widthPx || faces.length !== before.faces.length) return true;
    return faces.some((face, i) => {
      const same = before.faces[i];
      return face.trackId !== same.trackId || face.expression.label !== same.expression.label || travel(same, face) > this.options.moved;
    });
  }
}

/** How far a face's landmarks are from where they were on average, of the face's size. */
function travel(before: Face, { landmarksPx, boxXyxyPx: [left, , right] }: Face): number {
  let sum = 0;
  for (let i = 0; i < landmarksPx.length; i += 3) {
    sum += Math.hypot(landmarksPx[i] - before.landmarksPx[i], landmarksPx[i + 1] - before.landmarksPx[i + 1]);
  }
  return sum / (landmarksPx.length / 3) / (right - left);
}
