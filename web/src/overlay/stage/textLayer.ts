/** The texts of all faces: laid out together, so that none covers another or a face. */

import { Group } from "three";

import type { Box } from "../../maths/geometry";
import type { FaceState } from "../face/faceState";
import type { FaceText, Show } from "../layer";
import { isEnabled, OVERLAYS, type OverlaySpec } from "../overlays";
import { cheapestPositions, type Ground, type Wish } from "../text/layout";
import { type Site, siteOf } from "../text/places";
import type { OverlayTexts } from "../text/texts";
import type { Viewport } from "../view/viewport";

/** The cost of covering all of a head's hair and ears, or of a face that fills the view. */
const HEAD = 3;
const OWN_FACE = 6;

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

  /**
   * Lays out the text of all faces.
   *
   * @param room the part of the view that buttons leave free
   * @param covered boxes in it that are covered by other things
   */
  update(states: readonly FaceState[], given: Show, viewport: Viewport, room: Box, scale: number, covered: readonly Box[] = []): void {
    const show = { ...given, numbered: given.numbered || states.length > 1 };
    const stepS = Math.max(show.clockS - this.#clockS, 0);
    this.#clockS = show.clockS;
    this.#forget(states);
    const sites = states.map((state) => siteOf(state.face, viewport, room, scale));
    const texts = states.map((state) => this.#made(state.trackId));
    const occupied = [...covered];
    for (const [kind, spec] of this.#overlays.entries()) {
      const enabled = isEnabled(spec, show);
      const wishes = texts.map((made, i) => made[kind].update(states[i], show, sites[i], stepS, enabled));
      const placed = cheapestPositions(wishes, (of, wish) => groundOf(sites, of, wish, occupied));
      for (const [of, one] of placed.entries()) {
        if (!one) continue;
        occupied.push(one.wish.places[one.index]);
        texts[of][kind].place(one, sites[of]);
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

/** What the text of the face `of` must not cover. */
function groundOf(sites: readonly Site[], of: number, { overOwnFace }: Wish, occupied: readonly Box[]): Ground {
  const faces = sites.map(({ face }) => face);
  const others = faces.filter((_, i) => i !== of);
  const obstacles = sites.map(({ head }) => ({ box: head, weight: HEAD }));
  if (overOwnFace) obstacles.push({ box: faces[of], weight: OWN_FACE });
  return { free: [...(overOwnFace ? others : faces), ...occupied], uncrossed: others, obstacles };
}
