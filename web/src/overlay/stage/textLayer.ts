/** The texts of all faces: laid out together, so that none covers another or a face. */

import { Group } from "three";

import type { Box } from "../../maths/geometry";
import type { FaceState } from "../face/faceState";
import type { FaceText, Show } from "../layer";
import { isEnabled, OVERLAYS, type OverlaySpec } from "../overlays";
import { cheapestPositions, type Obstacle, type Wish } from "../text/layout";
import { siteOf } from "../text/places";
import type { OverlayTexts } from "../text/texts";
import type { Viewport } from "../view/viewport";

/** The cost of covering all of a head, or of other text. */
const HEAD = 3;
const TEXT = 4;

export class TextLayer {
  readonly root = new Group();
  readonly #overlays: readonly OverlaySpec[];
  /** By track id, in the order of the overlays. */
  readonly #textsOf = new Map<number, readonly FaceText[]>();
  #clockS = 0;

  constructor(
    private readonly texts: OverlayTexts,
    overlays: readonly OverlaySpec[] = OVERLAYS,
  ) {
    this.#overlays = overlays.filter(({ text }) => text);
  }

  /** Lays out the text of all faces; `room` is the part of the view that buttons leave free. */
  update(states: readonly FaceState[], show: Show, viewport: Viewport, room: Box, scale: number): void {
    const stepS = Math.max(show.clockS - this.#clockS, 0);
    this.#clockS = show.clockS;
    this.#forget(states);
    const sites = states.map((state) => siteOf(state.face, viewport, room, scale));
    const texts = states.map((state) => this.#made(state.trackId));
    const obstacles = sites.map(({ head }) => ({ box: head, weight: HEAD }));
    for (const [kind, spec] of this.#overlays.entries()) {
      const enabled = isEnabled(spec, show);
      const wishes = texts.map((made, i) => made[kind].update(states[i], show, sites[i], stepS, enabled));
      for (const { of, wish, index } of placed(wishes, obstacles)) {
        obstacles.push({ box: wish.places[index], weight: TEXT });
        texts[of][kind].place(wish, index, sites[of]);
      }
    }
  }

  clear(): void {
    this.#forget([]);
  }

  #made(trackId: number): readonly FaceText[] {
    let texts = this.#textsOf.get(trackId);
    if (!texts) {
      texts = this.#overlays.map((spec) => spec.text!(this.texts));
      this.#textsOf.set(trackId, texts);
      this.root.add(...texts.flatMap(({ meshes }) => meshes));
    }
    return texts;
  }

  #forget(states: readonly FaceState[]): void {
    for (const [trackId, texts] of this.#textsOf) {
      if (states.some((state) => state.trackId === trackId)) continue;
      for (const text of texts) {
        this.root.remove(...text.meshes);
        text.dispose();
      }
      this.#textsOf.delete(trackId);
    }
  }
}

/** Each face with a wish, and the place that it gets. */
function placed(
  wishes: readonly (Wish | undefined)[],
  obstacles: readonly Obstacle[],
): { of: number; wish: Wish; index: number }[] {
  const there = wishes.flatMap((wish, of) => (wish ? [{ of, wish }] : []));
  const indices = cheapestPositions(there.map(({ wish }) => wish), obstacles, TEXT);
  return there.map(({ of, wish }, i) => ({ of, wish, index: indices[i] }));
}
