/** What draws an overlay on a face: a layer in camera space, or a text that is laid out in the view. */

import type { Mesh, Object3D } from "three";

import type { Assets } from "../content/assets";
import type { ContentPack, Sticker } from "../content/pack";
import type { CueName } from "../faceLandmarks";
import type { Box } from "../maths/geometry";
import type { FaceState } from "./face/faceState";
import type { Placed, Wish } from "./text/layout";
import type { Site } from "./text/places";

/** By the names in `overlays.ts`: which overlays are shown. */
export type EnabledOverlays = Readonly<Record<string, boolean>>;

/** The same for all faces of a picture. */
export interface Show {
  readonly overlays: EnabledOverlays;
  readonly pack: ContentPack | undefined;
  readonly assets: Assets;
  /** Chooses content together with the face's label. */
  readonly seed: number;
  /** Runs while the picture is not paused; drives every animation. */
  readonly clockS: number;
  /** Stickers chosen by hand, by track id; they replace those of the expression. */
  readonly chosenStickers: ReadonlyMap<number, readonly string[]>;
  /** Stickers of labels that somebody has taught; they are shown whether or not stickers are. */
  readonly ownStickers: ReadonlyMap<string, Sticker>;
  readonly mirrored: boolean;
  /** Parts of the mesh to mark. */
  readonly cues: readonly CueName[];
  /** The part of the scene's frame that is seen, in its pixels. */
  readonly shown: Box;
  /** Whether labels have the number of their face; where there are several faces, they always have. */
  readonly numbered: boolean;
}

/** One overlay on one face. */
export interface Layer {
  /** Lives in camera space. */
  readonly root: Object3D;
  /** @param enabled whether the overlay is shown, and has the content pack that it needs. */
  update(state: FaceState, show: Show, enabled: boolean): void;
  dispose(): void;
}

/** One overlay of text beside one face. */
export interface FaceText {
  readonly meshes: readonly Mesh[];
  /**
   * Prepares the text, hidden; returns the places that its box may take: of its forms the preferred one first, none
   * where it stays hidden.
   *
   * @param stepS since the last update, on the animation clock
   */
  update(state: FaceState, show: Show, site: Site, stepS: number, enabled: boolean): readonly Wish[];
  /** Shows it in one of the places of one of its wishes. */
  place(placed: Placed, site: Site): void;
  dispose(): void;
}
