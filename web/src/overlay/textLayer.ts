/** Labels and quote bubbles of all faces: laid out together, so that none covers another or a face. */

import { Group } from "three";

import { FaceBubble } from "./faceBubble";
import { FaceLabel } from "./faceLabel";
import type { FaceState } from "./faceState";
import type { Show } from "./layer";
import type { Box, Obstacle } from "./layout";
import { siteOf } from "./places";
import type { Viewport } from "./viewport";
import type { Words } from "./words";

interface FaceText {
  readonly label: FaceLabel;
  readonly bubble: FaceBubble;
}

export class TextLayer {
  readonly root = new Group();
  readonly #texts = new Map<number, FaceText>();
  #clockS = 0;

  constructor(private readonly words: Words) {}

  /** Lays out the text of all faces; `room` is the part of the view that buttons leave free. */
  update(states: readonly FaceState[], show: Show, viewport: Viewport, room: Box, scale: number): void {
    const stepS = Math.max(show.clockS - this.#clockS, 0);
    this.#clockS = show.clockS;
    this.#forget(states);
    const taken: Obstacle[] = [];
    const sites = states.map((state) => siteOf(state.face, viewport, room, scale, taken));
    taken.push(...sites.map(({ head }) => ({ box: head, weight: 3 })));
    states.forEach((state, i) => {
      const { label, bubble } = this.#textOf(state.trackId);
      label.update(state, show, sites[i]);
      bubble.update(state, show, sites[i], stepS);
    });
  }

  clear(): void {
    this.#forget([]);
  }

  #textOf(trackId: number): FaceText {
    let text = this.#texts.get(trackId);
    if (!text) {
      text = { label: new FaceLabel(this.words), bubble: new FaceBubble() };
      this.#texts.set(trackId, text);
      this.root.add(...text.bubble.meshes, ...text.label.meshes);
    }
    return text;
  }

  #forget(states: readonly FaceState[]): void {
    for (const [trackId, { label, bubble }] of this.#texts) {
      if (states.some((state) => state.trackId === trackId)) continue;
      this.root.remove(...bubble.meshes, ...label.meshes);
      label.dispose();
      bubble.dispose();
      this.#texts.delete(trackId);
    }
  }
}
