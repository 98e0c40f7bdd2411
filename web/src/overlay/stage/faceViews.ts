/** All faces on the stage, each with its layers: made when a face appears, drawn once it was seen often enough, disposed of when it is gone. */

import { Group } from "three";

import { centroid, type Point, project } from "../../maths/geometry";
import type { Face, Scene } from "../../types";
import type { FaceState } from "../face/faceState";
import type { Show } from "../layer";
import { FaceView } from "./faceView";
import type { StageOptions } from "./stageOptions";

/** A track that is missing for so long loses its view, and gets a new one when it returns. */
export const FORGET_S = 0.25;

interface Seen {
  readonly view: FaceView;
  /** Whether it is in the newest scene. */
  there: boolean;
  seenS: number;
  /** In how many scenes it was. */
  sightings: number;
  /** On its label; it gets one when it is first drawn. */
  number: number | undefined;
}

export class FaceViews {
  /** Lives in camera space. */
  readonly root = new Group();
  readonly #seen = new Map<number, Seen>();

  setScene(scene: Scene): void {
    for (const one of this.#seen.values()) one.there = false;
    for (const face of scene.faces) {
      const one = this.#seen.get(face.trackId) ?? this.#made(face, scene);
      if (one.sightings > 0) one.view.state.update(face, scene);
      one.sightings++;
      Object.assign(one, { there: true, seenS: scene.timeS });
    }
    for (const [trackId, { there, seenS }] of this.#seen) if (!there && !(scene.timeS - seenS < FORGET_S)) this.#forget(trackId);
  }

  /** Updates the faces that are drawn; their states, by ascending id. */
  update(show: Show, { occluding, sightings, numberOf }: StageOptions): FaceState[] {
    for (const one of this.#seen.values()) one.view.root.visible = one.there && one.sightings >= sightings;
    const shown = this.#shown();
    for (const one of shown) {
      one.number ??= lowestFree(shown.map(({ number }) => number));
      one.view.state.number = numberOf?.(one.view.state.trackId) ?? one.number;
      one.view.update(show, occluding);
    }
    return this.drawn();
  }

  /** The states of the faces that are drawn, by ascending id. */
  drawn(): FaceState[] {
    return this.#shown().map(({ view }) => view.state).sort((a, b) => a.trackId - b.trackId);
  }

  /** The mean of each face's mesh as it is drawn, in pixels of the scene's frame: unlike the centre of a box, it turns with the head. */
  drawnCentroids(scene: Scene): { trackId: number; xPx: number; yPx: number }[] {
    return this.drawn().map((state) => {
      const [xPx, yPx] = centroid(drawnPoints(state.positions, scene));
      return { trackId: state.trackId, xPx, yPx };
    });
  }

  clear(): void {
    for (const trackId of [...this.#seen.keys()]) this.#forget(trackId);
  }

  #shown(): Seen[] {
    return [...this.#seen.values()].filter(({ view }) => view.root.visible);
  }

  #made(face: Face, scene: Scene): Seen {
    const made: Seen = { view: new FaceView(face, scene), there: true, seenS: scene.timeS, sightings: 0, number: undefined };
    this.#seen.set(face.trackId, made);
    this.root.add(made.view.root);
    return made;
  }

  #forget(trackId: number): void {
    const one = this.#seen.get(trackId);
    if (!one) return;
    this.root.remove(one.view.root);
    one.view.dispose();
    this.#seen.delete(trackId);
  }
}

/** The lowest number from 1 that is not among the given ones. */
function lowestFree(used: readonly (number | undefined)[]): number {
  let number = 1;
  while (used.includes(number)) number++;
  return number;
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
