/** All faces on the stage, each with its layers: made when a face appears, disposed of when it is gone. */

import { Group } from "three";

import { centroid, type Point, project } from "../../maths/geometry";
import type { Scene } from "../../types";
import type { FaceState } from "../face/faceState";
import type { Show } from "../layer";
import { FaceView } from "./faceView";
import type { StageOptions } from "./stageOptions";

/** A track that is missing for so long loses its view, and gets a new one when it returns. */
const FORGET_S = 0.25;

export class FaceViews {
  /** Lives in camera space. */
  readonly root = new Group();
  readonly #views = new Map<number, { view: FaceView; seenS: number }>();

  setScene(scene: Scene): void {
    for (const face of scene.faces) {
      const known = this.#views.get(face.trackId);
      if (known) {
        known.view.state.update(face, scene);
        known.seenS = scene.timeS;
      } else {
        const view = new FaceView(face, scene);
        this.#views.set(face.trackId, { view, seenS: scene.timeS });
        this.root.add(view.root);
      }
    }
    for (const [trackId, { view, seenS }] of this.#views) {
      const there = scene.faces.some((face) => face.trackId === trackId);
      view.root.visible = there;
      if (!there && !(scene.timeS - seenS < FORGET_S)) this.#forget(trackId);
    }
  }

  /** Updates the visible faces; their states, by ascending id. */
  update(show: Show, { occluding }: StageOptions): FaceState[] {
    const shown = this.#shown();
    for (const view of shown) view.update(show, occluding);
    return shown.map((view) => view.state).sort((a, b) => a.trackId - b.trackId);
  }

  /** The mean of each face's mesh as it is drawn, in pixels of the scene's frame: unlike the centre of a box, it turns with the head. */
  drawnCentroids(scene: Scene): { trackId: number; xPx: number; yPx: number }[] {
    return this.#shown().map(({ state }) => {
      const [xPx, yPx] = centroid(drawnPoints(state.positions, scene));
      return { trackId: state.trackId, xPx, yPx };
    });
  }

  clear(): void {
    for (const trackId of [...this.#views.keys()]) this.#forget(trackId);
  }

  #shown(): FaceView[] {
    return [...this.#views.values()].map(({ view }) => view).filter((view) => view.root.visible);
  }

  #forget(trackId: number): void {
    const known = this.#views.get(trackId);
    if (!known) return;
    this.root.remove(known.view.root);
    known.view.dispose();
    this.#views.delete(trackId);
  }
}

/** Pixels of points in camera space (cm). */
function drawnPoints(positions: Float32Array, { widthPx, heightPx, verticalFovDeg }: Scene): Point[] {
  const pixels: Point[] = [];
  for (let i = 0; i < positions.length; i += 3) {
    const point = [positions[i], positions[i + 1], positions[i + 2]] as const;
    pixels.push(project(point, widthPx, heightPx, verticalFovDeg));
  }
  return pixels;
}
