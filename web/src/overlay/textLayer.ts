/** Labels and quote bubbles of all faces: laid out together, so that none covers another or a face. */

import { Group } from "three";

import { FaceBubble } from "./faceBubble";
import { FaceLabel } from "./faceLabel";
import type { FaceState } from "./faceState";
import type { Show } from "./layer";
import { bestPlaces, type Box, type Obstacle, type Wish } from "./layout";
import { siteOf } from "./places";
import type { Viewport } from "./viewport";
import type { Words } from "./words";

interface FaceText {
  readonly label: FaceLabel;
  readonly bubble: FaceBubble;
}

/** The cost of covering all of a head, or of other text. */
const HEAD = 3;
const TEXT = 4;

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
    const sites = states.map((state) => siteOf(state.face, viewport, room, scale));
    const texts = states.map((state) => this.#textOf(state.trackId));
    const heads = sites.map(({ head }) => ({ box: head, weight: HEAD }));
    const labels = placed(texts.map(({ label }, i) => label.update(states[i], show, sites[i])), heads);
    const taken = labels.map(({ wish, index }) => ({ box: wish.places[index], weight: TEXT }));
    const bubbles = placed(texts.map(({ bubble }, i) => bubble.update(states[i], show, sites[i], stepS)), [...heads, ...taken]);
    for (const { of, wish, index } of labels) texts[of].label.place(wish, index);
    for (const { of, wish, index } of bubbles) texts[of].bubble.place(wish, index, sites[of]);
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

/** Who has a wish, and the place that it gets. */
function placed(wishes: readonly (Wish | undefined)[], obstacles: readonly Obstacle[]): { of: number; wish: Wish; index: number }[] {
  const there = wishes.flatMap((wish, of) => (wish ? [{ of, wish }] : []));
  const indices = bestPlaces(there.map(({ wish }) => wish), obstacles, TEXT);
  return there.map(({ of, wish }, i) => ({ of, wish, index: indices[i] }));
}
