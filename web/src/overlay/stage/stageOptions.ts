/** Options of the stage that may change while it runs. */

import type { ContentPack, Sticker } from "../../content/pack";
import type { CueName } from "../../faceLandmarks";
import type { Box } from "../../maths/geometry";
import type { EnabledOverlays } from "../layer";
import { DEFAULT_OVERLAYS } from "../overlays";
import type { Fill } from "../view/viewport";

export interface StageOptions {
  overlays: EnabledOverlays;
  pack: ContentPack | undefined;
  mirrored: boolean;
  fill: Fill;
  /** In how many scenes a face is seen before it is drawn: in fast motion there are faces that last for one or two. */
  sightings: number;
  /** Whether labels have a number although there is only one face. */
  numbered: boolean;
  /** The number of a track on its label; by default the lowest one that is free when it appears. */
  numberOf: ((trackId: number) => number | undefined) | undefined;
  /** CSS pixels at each edge that buttons cover: [left, top, right, bottom]. */
  insets: readonly [number, number, number, number];
  /** Boxes in CSS pixels of the view that text must leave free. */
  covered: readonly Box[];
  seed: number;
  /** False shows objects behind heads too: for comparison only. */
  occluding: boolean;
  /** Parts of the mesh to mark. */
  cues: readonly CueName[];
  chosenStickers: ReadonlyMap<number, readonly string[]>;
  /** Of labels that somebody has taught. */
  ownStickers: ReadonlyMap<string, Sticker>;
  /** Text size relative to that of a live picture. */
  textScale: number;
}

export function defaultStageOptions(): StageOptions {
  return {
    overlays: DEFAULT_OVERLAYS,
    pack: undefined,
    mirrored: false,
    fill: "auto",
    sightings: 1,
    numbered: false,
    numberOf: undefined,
    insets: [0, 0, 0, 0],
    covered: [],
    seed: Math.floor(Math.random() * 2 ** 31),
    occluding: true,
    cues: [],
    chosenStickers: new Map(),
    ownStickers: new Map(),
    textScale: 1,
  };
}
