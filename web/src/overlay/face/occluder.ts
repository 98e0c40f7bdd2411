/** Writes the face and the head into the depth buffer only, so that the video hides what is behind them. */

import {
  BufferAttribute,
  BufferGeometry,
  CylinderGeometry,
  Group,
  Mesh,
  MeshBasicMaterial,
  SphereGeometry,
} from "three";

import { CANONICAL_FACE } from "../../canonical";
import type { FaceState } from "./faceState";

/** The average skull and neck in the head frame, cm: a little inside the hair, so that hats stay visible. */
const SKULL = { middle: [0, 3.4, -3.6], radii: [7.5, 9.9, 8.5] } as const;
const NECK = { middle: [0, -12, -5.4], radius: 5.4, height: 16 } as const;

const DEPTH_ONLY = new MeshBasicMaterial({
  colorWrite: false,
  polygonOffset: true, // surfaces on the skin are in front of it
  polygonOffsetFactor: 1,
  polygonOffsetUnits: 4,
});
const SKULL_SHAPE = new SphereGeometry(1, 32, 24);
const NECK_SHAPE = new CylinderGeometry(1, 1.15, 1, 24);

export class Occluder {
  readonly root = new Group();
  readonly #geometry = new BufferGeometry();
  readonly #head = new Group();

  constructor(state: FaceState) {
    this.#geometry.setAttribute("position", new BufferAttribute(state.positions, 3));
    this.#geometry.setIndex(new BufferAttribute(CANONICAL_FACE.triangles, 1));
    const face = new Mesh(this.#geometry, DEPTH_ONLY);
    const skull = new Mesh(SKULL_SHAPE, DEPTH_ONLY);
    skull.position.set(...SKULL.middle);
    skull.scale.set(...SKULL.radii);
    const neck = new Mesh(NECK_SHAPE, DEPTH_ONLY);
    neck.position.set(...NECK.middle);
    neck.scale.set(NECK.radius, NECK.height, NECK.radius);
    this.#head.add(skull, neck);
    this.#head.matrixAutoUpdate = false;
    this.root.add(face, this.#head);
    for (const mesh of [face, skull, neck]) {
      mesh.renderOrder = -10; // before everything that can be hidden
      mesh.frustumCulled = false;
    }
  }

  update(state: FaceState): void {
    this.#geometry.attributes["position"]!.needsUpdate = true;
    this.#head.matrix.copy(state.matrix);
    this.#head.matrixWorldNeedsUpdate = true;
  }

  dispose(): void {
    this.#geometry.dispose();
  }
}
