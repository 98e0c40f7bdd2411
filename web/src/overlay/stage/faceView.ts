/** One face on the stage: its state, and all layers that are drawn in camera space. */

import { Group } from "three";

import type { Face, Scene } from "../../types";
import { FaceState } from "../face/faceState";
import { Occluder } from "../face/occluder";
import type { Layer, Show } from "../layer";
import { isEnabled, OVERLAYS, type OverlaySpec } from "../overlays";

export class FaceView {
  readonly root = new Group();
  readonly state: FaceState;
  readonly #occluder: Occluder;
  readonly #layers: readonly { readonly spec: OverlaySpec; readonly layer: Layer }[];

  constructor(face: Face, scene: Scene, overlays: readonly OverlaySpec[] = OVERLAYS) {
    this.state = new FaceState(face, scene);
    this.#occluder = new Occluder(this.state);
    this.#layers = overlays.flatMap((spec) => (spec.layer ? [{ spec, layer: spec.layer(this.state) }] : []));
    this.root.add(this.#occluder.root, ...this.#layers.map(({ layer }) => layer.root));
  }

  update(show: Show, occluding: boolean): void {
    this.#occluder.update(this.state);
    this.#occluder.root.visible = occluding && !show.overlays.avatar; // the avatar is a complete head
    for (const { spec, layer } of this.#layers) layer.update(this.state, show, isEnabled(spec, show));
  }

  dispose(): void {
    this.#occluder.dispose();
    for (const { layer } of this.#layers) layer.dispose();
  }
}
