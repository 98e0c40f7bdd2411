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

/** The average skull and neck in the head frame, cm: a little inside the hair, so that hats stay visible, and behind every point of the face. */
export const SKULL_MIDDLE = [0, 3.4, -4.2] as const;
export const SKULL_RADII = [7.5, 9.9, 7.9] as const;
export const NECK_MIDDLE = [0, -12, -5.4] as const;
export const NECK_RADIUS = 5.4;
export const NECK_HEIGHT = 16;
/** At its lower end. */
export const NECK_WIDER = 1.15;

const DEPTH_ONLY = new MeshBasicMaterial({
  colorWrite: false,
  polygonOffset: true, // surfaces on the skin are in front of it
  polygonOffsetFactor: 1,
  polygonOffsetUnits: 4,
});
const SKULL_SHAPE = new SphereGeometry(1, 32, 24);
const NECK_SHAPE = new CylinderGeometry(1, NECK_WIDER, 1, 24);

export class Occluder {
  readonly root = new Group();
  readonly #geometry = new BufferGeometry();
  readonly #head = new Group();

  constructor(state: FaceState) {
    this.#geometry.setAttribute("position", new BufferAttribute(state.positions, 3));
    this.#geometry.setIndex(new BufferAttribute(CANONICAL_FACE.triangles, 1));
    const face = new Mesh(this.#geometry, DEPTH_ONLY);
    const skull = new Mesh(SKULL_SHAPE, DEPTH_ONLY);
    skull.position.set(...SKULL_MIDDLE);
    skull.scale.set(...SKULL_RADII);
    const neck = new Mesh(NECK_SHAPE, DEPTH_ONLY);
    neck.position.set(...NECK_MIDDLE);
    neck.scale.set(NECK_RADIUS, NECK_HEIGHT, NECK_RADIUS);
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
