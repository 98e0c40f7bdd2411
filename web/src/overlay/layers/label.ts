/** The label of one face: its expression, the confidence, and bars of all probabilities if they are enabled. */

import type { Mesh } from "three";

import { category, COLOURS_RGB, FERPLUS, UNSURE } from "../../labels";
import type { FaceState } from "../face/faceState";
import type { FaceText, Show } from "../layer";
import { CanvasQuad } from "../text/canvasQuad";
import { type Bar, labelArt } from "../text/labelArt";
import type { Wish } from "../text/layout";
import { labelPlaces, type Site, wishOf } from "../text/places";
import type { OverlayTexts } from "../text/texts";

const BARS_EVERY_S = 0.2; // numbers that change faster cannot be read

export class FaceLabel implements FaceText {
  readonly #quad = new CanvasQuad(12);
  #place: number | undefined;
  #numbersAtS = -Infinity;
  /** What the numbers belong to: when it changes, they are refreshed at once. */
  #shape = "";
  #detail = "";
  #bars: readonly Bar[] = [];

  constructor(private readonly texts: OverlayTexts) {}

  get meshes(): readonly Mesh[] {
    return [this.#quad.mesh];
  }

  update(state: FaceState, show: Show, site: Site, _stepS: number, enabled: boolean): Wish | undefined {
    this.#quad.hide();
    if (!enabled) return undefined;
    this.#refreshNumbers(state, show);
    const main = this.texts.describeFace(state.face);
    const rightToLeft = this.texts.rightToLeft();
    const shares = this.#bars.map(({ name, share }) => `${name}${Math.round(50 * share)}`).join();
    const key = `${main}|${this.#detail}|${shares}|${rightToLeft}|${site.em}`;
    const rgb = COLOURS_RGB[category(state.label ?? UNSURE)];
    const text = { main, detail: this.#detail, rgb, bars: this.#bars, rightToLeft };
    const art = this.#quad.show(key, (pen) => labelArt(pen, text, site.em));
    return wishOf(labelPlaces(site, art.widthPx, art.heightPx), site, this.#place);
  }

  place({ places }: Wish, index: number): void {
    this.#place = index;
    this.#quad.place(places[index], 1);
  }

  dispose(): void {
    this.#quad.dispose();
  }

  #refreshNumbers({ face, label }: FaceState, { overlays, clockS }: Show): void {
    const { expression, quality } = face;
    const due = clockS - this.#numbersAtS >= BARS_EVERY_S || clockS < this.#numbersAtS;
    const shape = `${overlays.bars}|${expression.label}|${quality.usable}`;
    if (!due && shape === this.#shape) return;
    this.#shape = shape;
    this.#numbersAtS = clockS;
    this.#detail = label ? this.texts.percent(expression.confidence) : "";
    this.#bars = overlays.bars && quality.usable ? this.#barsOf(expression.ferplus) : [];
  }

  #barsOf(ferplus: Float32Array): Bar[] {
    return FERPLUS.map((label, i) => ({ name: this.texts.name(label), share: ferplus[i], rgb: COLOURS_RGB[label] }));
  }
}
