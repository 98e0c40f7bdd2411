/** The label of one face: what it looks like, how sure that is, and bars of all probabilities if there are any. */

import type { Mesh } from "three";

import { category, COLOURS_RGB, FERPLUS, UNSURE } from "../labels";
import { CanvasQuad } from "./canvasQuad";
import type { FaceState } from "./faceState";
import { type Bar, labelArt } from "./labelArt";
import type { Show } from "./layer";
import type { Wish } from "./layout";
import { labelPlaces, type Site, wishOf } from "./places";
import type { Words } from "./words";

const BARS_EVERY_S = 0.2; // numbers that change faster cannot be read

export class FaceLabel {
  readonly #quad = new CanvasQuad(12);
  #place: number | undefined;
  #numbersAtS = -Infinity;
  /** What the numbers are of: a change of it shows at once. */
  #shape = "";
  #detail = "";
  #bars: readonly Bar[] = [];

  constructor(private readonly words: Words) {}

  get meshes(): readonly Mesh[] {
    return [this.#quad.mesh];
  }

  /** Writes the label; where it may be, if it is to be seen. */
  update(state: FaceState, show: Show, site: Site): Wish | undefined {
    this.#quad.hide();
    if (!show.looks.label) return undefined;
    this.#refreshNumbers(state, show);
    const main = this.words.label(state.face);
    const rightToLeft = this.words.rightToLeft();
    const shares = this.#bars.map(({ name, share }) => `${name}${Math.round(50 * share)}`).join();
    const key = `${main}|${this.#detail}|${shares}|${rightToLeft}|${site.em}`;
    const rgb = COLOURS_RGB[category(state.label ?? UNSURE)];
    const text = { main, detail: this.#detail, rgb, bars: this.#bars, rightToLeft };
    const art = this.#quad.show(key, (pen) => labelArt(pen, text, site.em));
    return wishOf(labelPlaces(site, art.widthPx, art.heightPx), site, this.#place);
  }

  /** Shows it in one of the places that it wished for. */
  place({ places }: Wish, index: number): void {
    this.#place = index;
    this.#quad.place(places[index], 1);
  }

  dispose(): void {
    this.#quad.dispose();
  }

  #refreshNumbers({ face, label }: FaceState, { looks, clockS }: Show): void {
    const { expression, quality } = face;
    const due = clockS - this.#numbersAtS >= BARS_EVERY_S || clockS < this.#numbersAtS;
    const shape = `${looks.bars}|${expression.label}|${quality.judged}`;
    if (!due && shape === this.#shape) return;
    this.#shape = shape;
    this.#numbersAtS = clockS;
    this.#detail = label ? this.words.percent(expression.confidence) : "";
    this.#bars = looks.bars && quality.judged ? this.#barsOf(expression.ferplus) : [];
  }

  #barsOf(ferplus: Float32Array): Bar[] {
    return FERPLUS.map((label, i) => ({ name: this.words.name(label), share: ferplus[i], rgb: COLOURS_RGB[label] }));
  }
}
