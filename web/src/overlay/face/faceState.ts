/** What all layers of one face share: its filtered pose, its mesh in camera space, the strength of its expression. */

import { Matrix4, Vector3 } from "three";

import { LANDMARK_COUNT } from "../../canonical";
import { ATTACHMENT_POINTS } from "../../faceLandmarks";
import { UNSURE } from "../../labels";
import { type Face, type Scene, shownLabel } from "../../types";
import { attachmentCm, meanOf } from "./head";
import { cameraPositions, facingOfVertices } from "./liveMesh";
import { PoseFilter } from "./poseFilter";

/** Confidence at which an expression counts as weakest, and as strongest. */
export const WEAK = 0.4;
export const STRONG = 0.92;
export const STRENGTH_TIME_S = 0.35;

export class FaceState {
  readonly trackId: number;
  /** (468 * 3,) camera space, cm. */
  readonly positions = new Float32Array(3 * LANDMARK_COUNT);
  /** (468,) 1 faces the camera, 0 is edge-on. */
  readonly facing = new Float32Array(LANDMARK_COUNT);
  /** Head to camera, filtered. */
  readonly matrix = new Matrix4();
  readonly pose = new PoseFilter();
  /** 0..1, follows the confidence without jumps. */
  strength = 0.5;
  /** From 1: on its label where there are several faces. */
  number = 1;
  face: Face;
  scene: Scene;
  #strengthAtS = Number.NaN;

  constructor(face: Face, scene: Scene) {
    this.trackId = face.trackId;
    this.face = face;
    this.scene = scene;
    this.update(face, scene);
  }

  update(face: Face, scene: Scene): void {
    this.face = face;
    this.scene = scene;
    this.pose.update(face.pose, scene.timeS);
    this.matrix.compose(this.pose.position, this.pose.quaternion, ONE);
    const { widthPx, heightPx, verticalFovDeg } = scene;
    cameraPositions(face.landmarksPx, this.matrix.elements, widthPx, heightPx, verticalFovDeg, this.positions);
    facingOfVertices(face.landmarksPx, this.facing);
    this.#updateStrength(face, scene.timeS);
  }

  /** The label that content is chosen by; undefined for a face that is unsure or not usable. */
  get label(): string | undefined {
    const { label } = shownLabel(this.face);
    return this.face.quality.usable && label !== UNSURE ? label : undefined;
  }

  /**
   * Distance of an attachment point from its position on the average head, in camera space (cm).
   *
   * The pose gives the perspective, the landmarks the position: glasses sit on the nose of every face.
   */
  attachmentShift(name: string, out: Vector3): Vector3 {
    const seen = meanOf(ATTACHMENT_POINTS[name], this.positions);
    out.set(...attachmentCm(name)).applyMatrix4(this.matrix);
    return out.set(seen[0] - out.x, seen[1] - out.y, seen[2] - out.z);
  }

  #updateStrength(face: Face, timeS: number): void {
    const wanted = Math.min(Math.max((shownLabel(face).confidence - WEAK) / (STRONG - WEAK), 0), 1);
    const stepS = timeS - this.#strengthAtS;
    const blend = stepS >= 0 ? 1 - Math.exp(-stepS / STRENGTH_TIME_S) : 1;
    this.strength += blend * (wanted - this.strength);
    this.#strengthAtS = timeS;
  }
}

const ONE = new Vector3(1, 1, 1);
