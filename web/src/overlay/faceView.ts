/** One face on the stage: its state, and all that is drawn in camera space. */

import { Group } from "three";

import type { Face, Scene } from "../types";
import { AvatarLayer } from "./avatarLayer";
import { FaceState } from "./faceState";
import type { CueName } from "./head";
import type { Layer, Show } from "./layer";
import { MeshLayer } from "./meshLayer";
import { ObjectLayer } from "./objectLayer";
import { Occluder } from "./occluder";
import { PaintLayer } from "./paintLayer";
import { StickerLayer } from "./stickerLayer";

export class FaceView {
  readonly root = new Group();
  readonly state: FaceState;
  readonly occluder: Occluder;
  readonly #mesh: MeshLayer;
  readonly #layers: readonly Layer[];

  constructor(face: Face, scene: Scene) {
    this.state = new FaceState(face, scene);
    this.occluder = new Occluder(this.state);
    this.#mesh = new MeshLayer(this.state);
    this.#layers = [
      this.occluder,
      new PaintLayer(this.state),
      new ObjectLayer(),
      new AvatarLayer(),
      this.#mesh,
      new StickerLayer(),
    ];
    this.root.add(...this.#layers.map((layer) => layer.root));
  }

  update(show: Show, occluding: boolean): void {
    for (const layer of this.#layers) layer.update(this.state, show);
    this.occluder.root.visible = occluding && !show.looks.avatar; // the avatar is a head of its own
  }

  mark(cues: readonly CueName[]): void {
    this.#mesh.mark(cues);
  }

  dispose(): void {
    for (const layer of this.#layers) layer.dispose();
  }
}
