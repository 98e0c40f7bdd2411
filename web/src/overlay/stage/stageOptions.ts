/** Options of the stage that may change while it runs. */

import type { ContentPack } from "../../content/pack";
import type { CueName } from "../../faceLandmarks";
import type { EnabledOverlays } from "../layer";
import { DEFAULT_OVERLAYS } from "../overlays";
import type { Fill } from "../view/viewport";

export interface StageOptions {
  overlays: EnabledOverlays;
  pack: ContentPack | undefined;
  mirrored: boolean;
  fill: Fill;
  /** CSS pixels at each edge that buttons cover: [left, top, right, bottom]. */
  insets: readonly [number, number, number, number];
  seed: number;
  /** False shows objects behind heads too: for comparison only. */
  occluding: boolean;
  /** Parts of the mesh to mark. */
  cues: readonly CueName[];
  chosenStickers: ReadonlyMap<number, readonly string[]>;
  /** Text size relative to that of a live picture. */
  textScale: number;
}

export function defaultStageOptions(): StageOptions {
  return {
    overlays: DEFAULT_OVERLAYS,
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
