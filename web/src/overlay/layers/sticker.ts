/** Stickers: flat drawings fixed to the head, hidden behind heads and invisible from behind. */

import { Group, MathUtils, Matrix4, Mesh, MeshBasicMaterial, PlaneGeometry, Vector3 } from "three";

import type { ContentPack, HeadObject, Place, Sticker } from "../../content/pack";
import { pickContent } from "../../content/pickContent";
import type { FaceState } from "../face/faceState";
import { attachmentCm, EYE_DISTANCE_CM } from "../face/head";
import { shareInside } from "../face/inside";
import type { Layer, Show } from "../layer";
import { arranged } from "./arrange";
import { objectFor } from "./object";

const CARD = new PlaneGeometry(1, 1);
const GROW_TIME_S = 0.3;
/** A flat card is drawn as if it were that much nearer: the round head that it sits on does not cut it. */
export const PULL_CM = 6;
const TOP = new Vector3();
const NEARER = new Matrix4();

export class StickerLayer implements Layer {
  readonly root = new Group();
  readonly #head = new Group();
  readonly #shift = new Vector3();
  #shown: readonly Sticker[] = [];
  /** The point at which there is an object. */
  #besides: string | undefined;
  #cards: { readonly card: Mesh; readonly place: Place; readonly sticker: Sticker }[] = [];
  #grown = 0;
  #clockS = 0;

  constructor() {
    this.root.add(this.#head);
    this.#head.matrixAutoUpdate = false;
  }

  update(state: FaceState, show: Show, enabled: boolean): void {
    const stickers = stickersFor(state, show, enabled);
    const object = objectFor(state, show, show.overlays["object"]);
    if (object?.at !== this.#besides || !sameItems(stickers, this.#shown)) this.#make(stickers, object, show);
    this.root.visible = this.#cards.length > 0;
    if (!this.root.visible || !show.pack) return;
    this.#grown = Math.min(this.#grown + Math.max(show.clockS - this.#clockS, 0) / GROW_TIME_S, 1);
    this.#clockS = show.clockS;
    this.#head.matrix.copy(state.matrix).premultiply(nearer(-state.pose.position.z));
    this.#head.matrixWorldNeedsUpdate = true;
    for (const { card, place, sticker } of this.#cards) {
      this.#put(card, place, sticker, state, show);
      const material = card.material as MeshBasicMaterial;
      const map = (sticker.text ? show.assets.text(sticker) : show.assets.texture(show.pack.id, sticker.file)) ?? null;
      if (material.map !== map) Object.assign(material, { map, needsUpdate: true });
      card.visible = map !== null;
    }
  }

  dispose(): void {
    for (const { card } of this.#cards) (card.material as MeshBasicMaterial).dispose();
    this.#head.clear();
    this.#cards = [];
  }

  #make(stickers: readonly Sticker[], object: HeadObject | undefined, show: Show): void {
    this.dispose();
    this.#shown = stickers;
    this.#besides = object?.at;
    this.#grown = 0;
    this.#clockS = show.clockS;
    this.#cards = arranged(stickers, object, show.chosenStickers.size > 0).map((one) => ({ ...one, card: newCard(one.place) }));
    for (const { card } of this.#cards) this.#head.add(card);
  }

  #put(card: Mesh, place: Place, sticker: Sticker, state: FaceState, { shown, mirrored }: Show): void {
    const [x, y, z] = attachmentCm(place.at);
    // the shift is in camera space, the card in the head's
    const shift = state.attachmentShift(place.at, this.#shift).applyQuaternion(state.pose.quaternion.clone().invert());
    const [left, up, out] = place.offset;
    card.position.set(x + EYE_DISTANCE_CM * left, y, z + EYE_DISTANCE_CM * out).add(shift);
    // under the upper edge it is nearer to the head
    const reach = EYE_DISTANCE_CM * (up + sticker.size / sticker.aspect / 2);
    const lower = (1 - shareInside(state, shown, card.position, TOP.copy(card.position).setY(card.position.y + reach))) * reach;
    card.position.y += EYE_DISTANCE_CM * up - clamp(lower, 0, Math.max(EYE_DISTANCE_CM * up, 0));
    const width = sticker.size * EYE_DISTANCE_CM * (0.6 + 0.4 * easeOut(this.#grown));
    const turned = place.mirror !== (mirrored && sticker.text !== undefined); // text is legible in a mirror
    card.scale.set(turned ? -width : width, width / sticker.aspect, 1);
    (card.material as MeshBasicMaterial).opacity = this.#grown;
  }
}

/** The stickers chosen by hand for this face, else that of its taught label, else one of its expression. */
export function stickersFor(state: FaceState, show: Show, enabled: boolean): readonly Sticker[] {
  if (!show.pack) return [];
  const names = show.chosenStickers.get(state.trackId);
  if (names) return allStickers(show.pack).filter((sticker) => names.includes(sticker.name));
  const own = state.label && state.face.personal ? show.ownStickers.get(state.label) : undefined;
  if (own) return [own];
  const one = enabled ? pickContent(show.pack.stickers, state.face, show.seed, "sticker") : undefined;
  return one ? [one] : [];
}

export function allStickers(pack: ContentPack): readonly Sticker[] {
  return Object.values(pack.stickers).flatMap((list) => list ?? []);
}

function newCard(place: Place): Mesh {
  const material = new MeshBasicMaterial({
    transparent: true,
    premultipliedAlpha: true,
    depthWrite: false,
    toneMapped: false,
  });
  const card = new Mesh(CARD, material);
  card.rotation.order = "YXZ";
  card.rotation.set(0, MathUtils.degToRad(place.turnDeg), MathUtils.degToRad(-place.tiltDeg));
  card.renderOrder = 10;
  card.frustumCulled = false;
  return card;
}

/** Scales camera space about the camera: what is that far away is nearer by `PULL_CM`, at the same place in the picture. */
function nearer(distanceCm: number): Matrix4 {
  const share = Math.max((distanceCm - PULL_CM) / distanceCm, 0.5);
  return NEARER.makeScale(share, share, share);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}

function easeOut(t: number): number {
  return 1 - (1 - t) ** 3;
}

function sameItems<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}
