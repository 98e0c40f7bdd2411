/** What may be changed about the stage while it runs. */

import type { ContentPack } from "../content/pack";
import type { CueName } from "./head";
import { DEFAULT_LOOKS, type Looks } from "./layer";
import type { Fill } from "./viewport";

export interface StageOptions {
  looks: Looks;
  pack: ContentPack | undefined;
  mirrored: boolean;
  fill: Fill;
  /** CSS pixels at each edge that buttons cover: [left, top, right, bottom]. */
  insets: readonly [number, number, number, number];
  seed: number;
  /** False shows what hides behind heads: for comparison only. */
  occluding: boolean;
  /** Parts of the mesh to mark. */
  cues: readonly CueName[];
  chosenStickers: ReadonlyMap<number, readonly string[]>;
  /** Size of text over that of a live picture. */
  textScale: number;
}

export function defaultStageOptions(): StageOptions {
  return {
    looks: DEFAULT_LOOKS,
    pack: undefined,
    mirrored: false,
    fill: "auto",
    insets: [0, 0, 0, 0],
    seed: Math.floor(Math.random() * 2 ** 31),
    occluding: true,
    cues: [],
    chosenStickers: new Map(),
    textScale: 1,
  };
}
