/** What can be shown on a face, and what a layer is told about it. */

import type { Object3D } from "three";

import type { Assets } from "../content/assets";
import type { ContentPack } from "../content/pack";
import type { FaceState } from "./faceState";

export const LOOKS = ["label", "bars", "quote", "object", "sticker", "facepaint", "avatar", "mesh"] as const;
export type Look = (typeof LOOKS)[number];

/** What is shown of each face. */
export type Looks = Readonly<Record<Look, boolean>>;

export const DEFAULT_LOOKS: Looks = {
  label: true,
  bars: false,
  quote: true,
  object: true,
  sticker: false,
  facepaint: false,
  avatar: false,
  mesh: false,
};

/** The same for all faces of a picture. */
export interface Show {
  readonly looks: Looks;
  readonly pack: ContentPack | undefined;
  readonly assets: Assets;
  /** Chooses content together with the face's label. */
  readonly seed: number;
  /** Runs while the picture is not paused; what moves by itself moves by it. */
  readonly clockS: number;
  /** Stickers by track id that somebody chose; they replace those of the expression. */
  readonly chosenStickers: ReadonlyMap<number, readonly string[]>;
}

/** One kind of content on one face. */
export interface Layer {
  /** Lives in camera space. */
  readonly root: Object3D;
  update(state: FaceState, show: Show): void;
  dispose(): void;
}
