/** 3D objects on the head: hidden where they are behind it, moving with the expression's strength. */

import { Box3, Group, type Material, Mesh, type Object3D, Vector3 } from "three";

import type { HeadObject } from "../../content/pack";
import { pickContent } from "../../content/pickContent";
import type { Box } from "../../maths/geometry";
import type { FaceState } from "../face/faceState";
import { attachmentCm, EYE_DISTANCE_CM } from "../face/head";
import { shareInside } from "../face/inside";
import type { Layer, Show } from "../layer";
import { ABOVE } from "./arrange";
import { MovingParts } from "./motion";

export const CENTIMETRES = 100; // in a glTF unit
export const GROW_TIME_S = 0.45;
/** A hat that does not fit under the upper edge is smaller, but not less than this share of its size. */
export const SMALLEST = 0.6;

export class ObjectLayer implements Layer {
  readonly root = new Group();
  readonly #head = new Group();
  readonly #holder = new Group();
  readonly #shift = new Vector3();
  readonly #tip = new Vector3();
  #shown: HeadObject | undefined;
  /** Its height over the point that it is attached to. */
  #topCm = 0;
  #parts: MovingParts | undefined;
  #grown = 0;
  #clockS = 0;

  constructor() {
    this.#head.matrixAutoUpdate = false;
    this.#head.add(this.#holder);
    this.root.add(this.#head);
  }

  update(state: FaceState, show: Show, enabled: boolean): void {
    const wanted = objectFor(state, show, enabled);
    if (wanted !== this.#shown) this.#clear(wanted);
    if (wanted && show.pack && !this.#parts) this.#make(show.assets.object(show.pack.id, wanted.file), show);
    this.root.visible = this.#parts !== undefined;
    if (!wanted || !this.#parts) return;
    this.#grown = Math.min(this.#grown + Math.max(show.clockS - this.#clockS, 0) / GROW_TIME_S, 1);
    this.#clockS = show.clockS;
    this.#parts.update(show.clockS, state.strength);
    this.#put(wanted, state, show.shown);
  }

  dispose(): void {
    this.#holder.clear(); // the assets own geometries and materials
  }

  #clear(wanted: HeadObject | undefined): void {
    this.#holder.clear();
    this.#parts = undefined;
    this.#grown = 0;
    this.#shown = wanted;
  }

  #make(original: Object3D | undefined, show: Show): void {
    if (!original) return;
    const object = original.clone();
    object.traverse((node) => {
      if (node instanceof Mesh) prepare(node);
    });
    this.#holder.add(object);
    this.#topCm = CENTIMETRES * new Box3().setFromObject(object, true).max.y;
    this.#parts = new MovingParts(object);
    this.#clockS = show.clockS;
  }

  #put(object: HeadObject, state: FaceState, shown: Box): void {
    const [x, y, z] = attachmentCm(object.at);
    const shift = state.attachmentShift(object.at, this.#shift).applyQuaternion(state.pose.quaternion.clone().invert());
    const [left, up, out] = object.offset.map((offset) => EYE_DISTANCE_CM * offset) as [number, number, number];
    this.#holder.position.set(x + left, y + up, z + out).add(shift);
    const tip = this.#tip.copy(this.#holder.position);
    tip.y += this.#topCm * object.scale;
    const inside = object.at === ABOVE ? Math.max(shareInside(state, shown, this.#holder.position, tip), SMALLEST) : 1;
    this.#holder.scale.setScalar(CENTIMETRES * object.scale * inside * springOut(this.#grown));
    this.#head.matrix.copy(state.matrix);
    this.#head.matrixWorldNeedsUpdate = true;
  }
}

/** The object of the face's expression. */
export function objectFor(state: FaceState, { pack, seed }: Show, enabled: boolean): HeadObject | undefined {
  return enabled && pack ? pickContent(pack.objects, state.face, seed, "object") : undefined;
}

function prepare(mesh: Mesh): void {
  mesh.frustumCulled = false; // the view offset of the camera is unknown to the frustum test
  const seeThrough = (mesh.material as Material).transparent;
  mesh.renderOrder = seeThrough ? 3 : 1;
}

/** Scale while growing: overshoots a little before 1. */
function springOut(t: number): number {
  return t >= 1 ? 1 : Math.max(1 - Math.exp(-6 * t) * Math.cos(7.5 * t), 1e-3);
}
