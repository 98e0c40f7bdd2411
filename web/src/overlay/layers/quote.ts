/** The speech bubble of one face: a quote that fits its expression, faded in and out, with a tail to the mouth. */

import type { Mesh } from "three";

import type { Quote } from "../../content/pack";
import { pickContent } from "../../content/pickContent";
import { colourOf, UNSURE } from "../../labels";
import type { FaceState } from "../face/faceState";
import type { FaceText, Show } from "../layer";
import { bubbleArt } from "../text/bubbleArt";
import { CanvasQuad } from "../text/canvasQuad";
import { type Placed, widthOf, type Wish } from "../text/layout";
import { bubblePlaces, type Site, wishOf } from "../text/places";
import { Tail, tailLine } from "../text/tail";

const FADE_TIME_S = 0.22;

export class FaceBubble implements FaceText {
  readonly #quad = new CanvasQuad(11);
  readonly #tail = new Tail(11.5);
  #place: number | undefined;
  #quote: Quote | undefined;
  /** 0..1 */
  #shown = 0;
  /** Whether there was room for it in the last frame. */
  #placed = false;

  get meshes(): readonly Mesh[] {
    return [this.#tail.mesh, this.#quad.mesh];
  }

  update(state: FaceState, show: Show, site: Site, stepS: number, enabled: boolean): readonly Wish[] {
    const quote = enabled && show.pack ? pickContent(show.pack.quotes, state.face, show.seed, "quote") : undefined;
    if (!this.#placed) this.#shown = 0; // it fades in again where there is room for it again
    this.#placed = false;
    // the old bubble fades out before the new one fades in
    if (quote !== this.#quote) this.#shown = Math.max(this.#shown - stepS / FADE_TIME_S, 0);
    else if (quote) this.#shown = Math.min(this.#shown + stepS / FADE_TIME_S, 1);
    if (this.#shown === 0) this.#quote = quote;
    this.#quad.hide();
    this.#tail.hide();
    return this.#quote && (this.#shown > 0 || stepS === 0) ? [this.#write(this.#quote, state, site)] : [];
  }

  place({ wish, index }: Placed, site: Site): void {
    this.#place = index;
    this.#placed = true;
    const eased = this.#shown * (2 - this.#shown);
    this.#quad.place(wish.places[index], eased);
    this.#tail.place(wish.places[index], site, eased);
  }

  dispose(): void {
    this.#quad.dispose();
    this.#tail.dispose();
  }

  #write(quote: Quote, state: FaceState, site: Site): Wish {
    const { em, room } = site;
    const rgb = colourOf(state.label ?? UNSURE);
    const half = Math.min(0.46 * widthOf(room), 24 * em);
    const roomPx = half < 12 * em ? 0.8 * widthOf(room) : half;
    const art = this.#quad.show(`${quote.text}|${em}|${roomPx}`, (pen) => bubbleArt(pen, quote, rgb, em, roomPx));
    const [width, height] = [art.widthPx - 2 * art.marginPx, art.heightPx - 2 * art.marginPx];
    const wish = wishOf(bubblePlaces(site, width, height), site, this.#place);
    return { ...wish, lines: wish.places.map((place) => tailLine(place, site)) };
  }
}
