/** The part of the frame that the view must show: the heads, followed calmly. */

import type { Box } from "../../maths/geometry";
import type { Scene } from "../../types";
import { headBox } from "../text/layout";

/** Around the heads, as a share of the frame's side. */
const PADDING = 0.03;
/** Movements below this share of the frame are not followed: a picture that moves with every nod is unsteady. */
const STILL = 0.07;
/** Unless a head leaves its padding by that. */
const OUTSIDE = 0.025;
const FOLLOW_TIME_S = 0.5;
/** Without a face the part stays as it is for so long, then returns to the middle. */
const KEEP_S = 2;
const MIDDLE: Box = [0.5, 0.5, 0.5, 0.5];

export class Focus {
  /** Each edge as a share of the frame's side. */
  shown: Box = MIDDLE;
  #aim: Box = MIDDLE;
  #timeS = Number.NaN;
  #seenS = -Infinity;

  update(scene: Scene): void {
    const heads = headsOf(scene);
    if (heads) this.#seenS = scene.timeS;
    const wanted = heads ?? (scene.timeS - this.#seenS > KEEP_S ? MIDDLE : this.#aim);
    const left = wanted.some((edge, i) => (i < 2 ? this.#aim[i] - edge : edge - this.#aim[i]) > OUTSIDE);
    if (left || wanted.some((edge, i) => Math.abs(edge - this.#aim[i]) > STILL)) this.#aim = wanted;
    const stepS = scene.timeS - this.#timeS;
    const share = stepS >= 0 ? 1 - Math.exp(-stepS / FOLLOW_TIME_S) : 1; // at once at the beginning
    this.#timeS = scene.timeS;
    const edge = (i: 0 | 1 | 2 | 3): number => this.shown[i] + share * (this.#aim[i] - this.shown[i]);
    this.shown = [edge(0), edge(1), edge(2), edge(3)];
  }

  clear(): void {
    this.shown = this.#aim = MIDDLE;
    this.#timeS = Number.NaN;
    this.#seenS = -Infinity;
  }
}

/** The box around all heads, inside the frame; undefined where there is none. */
function headsOf({ faces, widthPx, heightPx }: Scene): Box | undefined {
  if (faces.length === 0) return undefined;
  const heads = faces.map(({ boxXyxyPx: [left, top, right, bottom] }) => headBox([left, top, right, bottom]));
  const inside = (value: number): number => Math.min(Math.max(value, 0), 1);
  return [
    inside(Math.min(...heads.map((head) => head[0])) / widthPx - PADDING),
    inside(Math.min(...heads.map((head) => head[1])) / heightPx - PADDING),
    inside(Math.max(...heads.map((head) => head[2])) / widthPx + PADDING),
    inside(Math.max(...heads.map((head) => head[3])) / heightPx + PADDING),
  ];
}
