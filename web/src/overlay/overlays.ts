/**
 * The table of overlays: settings, panels and the stage derive from it.
 *
 * A new overlay is one file in `layers/` with a `Layer` or a `FaceText`, one row here, and its name in each of
 * `web/messages/*.json`. Names are those of Python's overlays where both draw the same thing.
 */

import type { FaceState } from "./face/faceState";
import type { EnabledOverlays, FaceText, Layer, Show } from "./layer";
import { AvatarLayer } from "./layers/avatar";
import { FacePaintLayer } from "./layers/facePaint";
import { FaceLabel } from "./layers/label";
import { ObjectLayer } from "./layers/object";
import { FaceBubble } from "./layers/quote";
import { StickerLayer } from "./layers/sticker";
import { WireframeLayer } from "./layers/wireframe";
import type { OverlayTexts } from "./text/texts";

export interface OverlaySpec {
  readonly name: string;
  /** Shown until the visitor chooses otherwise. */
  readonly byDefault: boolean;
  /** Without a content pack there is nothing to show. */
  readonly needsPack: boolean;
  /** Makes the overlay of one face, in camera space. */
  readonly layer?: (state: FaceState) => Layer;
  /** Makes the overlay of one face, as text beside it. Earlier rows choose their places first. */
  readonly text?: (texts: OverlayTexts) => FaceText;
  /** Rows without layer and text that this one draws: it is enabled by any of them, too. */
  readonly parts?: readonly string[];
}

/** In the order of the panel. */
export const OVERLAYS = [
  { name: "label", byDefault: true, needsPack: false, text: (texts) => new FaceLabel(texts), parts: ["bars"] },
  { name: "bars", byDefault: false, needsPack: false },
  { name: "quote", byDefault: true, needsPack: true, text: () => new FaceBubble() },
  { name: "object", byDefault: true, needsPack: true, layer: () => new ObjectLayer() },
  { name: "sticker", byDefault: false, needsPack: true, layer: () => new StickerLayer() },
  { name: "facepaint", byDefault: false, needsPack: true, layer: (state) => new FacePaintLayer(state) },
  { name: "avatar", byDefault: false, needsPack: false, layer: () => new AvatarLayer() },
  { name: "wireframe", byDefault: false, needsPack: false, layer: (state) => new WireframeLayer(state) },
] as const satisfies readonly OverlaySpec[];

export type OverlayName = (typeof OVERLAYS)[number]["name"];

export const DEFAULT_OVERLAYS: EnabledOverlays = Object.fromEntries(OVERLAYS.map(({ name, byDefault }) => [name, byDefault]));

/** These overlays and no others. */
export function onlyOverlays(...names: readonly OverlayName[]): EnabledOverlays {
  return Object.fromEntries(OVERLAYS.map(({ name }) => [name, names.includes(name)]));
}

/** Whether an overlay is chosen, and has what it needs. */
export function isEnabled({ name, parts = [], needsPack }: OverlaySpec, show: Pick<Show, "overlays" | "pack">): boolean {
  return [name, ...parts].some((row) => show.overlays[row]) && (!needsPack || show.pack !== undefined);
}
