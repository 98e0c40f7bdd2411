/** The label of one face: its expression with the confidence, bars of all probabilities, or both; shorter where there is little room. */

import type { Mesh } from "three";

import { colourOf, COLOURS_RGB, FERPLUS, UNSURE } from "../../labels";
import { shownLabel } from "../../types";
import type { FaceState } from "../face/faceState";
import type { FaceText, Show } from "../layer";
import { CanvasQuad } from "../text/canvasQuad";
import { type Bar, labelArt, type LabelText } from "../text/labelArt";
import type { Placed, Wish } from "../text/layout";
import type { Drawing } from "../text/pen";
import { closeUpPlaces, labelPlaces, type Site, wishOf } from "../text/places";
import type { OverlayTexts } from "../text/texts";

const BARS_EVERY_S = 0.2; // numbers that change faster cannot be read
const KEPT = 12; // forms that are measured; more than one label needs at a time

type Places = typeof labelPlaces;

/** A form of the label: with its bars, without them, or its number alone. */
interface Form {
  readonly key: string;
  readonly text: LabelText;
  readonly art: Drawing;
}

export class FaceLabel implements FaceText {
  readonly #quad = new CanvasQuad(12);
  /** The form and place of the last frame. */
  #form = 0;
  #place: number | undefined;
  #forms: readonly { readonly form: Form; readonly wish: Wish }[] = [];
  readonly #drawn = new Map<string, Form>();
  #numbersAtS = -Infinity;
  /** What the numbers belong to: when it changes, they are refreshed at once. */
  #shape = "";
  #detail = "";
  #bars: readonly Bar[] = [];

  constructor(private readonly texts: OverlayTexts) {}

  get meshes(): readonly Mesh[] {
    return [this.#quad.mesh];
  }

  update(state: FaceState, show: Show, site: Site, _stepS: number, enabled: boolean): readonly Wish[] {
    this.#quad.hide();
    this.#forms = [];
    if (!enabled) return [];
    this.#refreshNumbers(state, show);
    const forms = this.#textsOf(state, show).map((text) => this.#formOf(text, site.em));
    const telling = forms.filter(({ text }) => text.main || text.bars.length > 0);
    const wanted: [Form, Places][] = [
      ...telling.map((form): [Form, Places] => [form, labelPlaces]),
      ...telling.slice(-1).map((form): [Form, Places] => [form, closeUpPlaces]),
      ...forms.slice(telling.length).map((form): [Form, Places] => [form, labelPlaces]), // the number alone
    ];
    this.#forms = wanted.map(([form, places], i) => ({ form, wish: this.#wish(i, places, form, site) }));
    return this.#forms.map(({ wish }) => wish);
  }

  place({ wish, index }: Placed): void {
    this.#form = this.#forms.findIndex((one) => one.wish === wish);
    this.#place = index;
    const { key, art } = this.#forms[this.#form].form;
    this.#quad.show(key, () => art);
    this.#quad.place(wish.places[index], 1);
  }

  dispose(): void {
    this.#quad.dispose();
  }

  #wish(index: number, places: Places, { text, art }: Form, site: Site): Wish {
    const wish = wishOf(places(site, art.widthPx, art.heightPx), site, index === this.#form ? this.#place : undefined);
    const overOwnFace = places === closeUpPlaces;
    return { ...wish, overOwnFace, forAll: text.bars.length > 0 && text.main !== "" && !overOwnFace };
  }

  /** The label's forms, the one that tells most first. */
  #textsOf(state: FaceState, { overlays, numbered }: Show): LabelText[] {
    const number = numbered ? this.texts.number(state.number) : "";
    const rgb = colourOf(state.label ?? UNSURE);
    const bare = { number, main: "", detail: "", rgb, bars: [], rightToLeft: this.texts.rightToLeft() };
    const heading = overlays.label ? { ...bare, main: this.texts.describeFace(state.face), detail: this.#detail } : bare;
    const forms: LabelText[] = this.#bars.length > 0 ? [{ ...heading, bars: this.#bars }] : [];
    if (overlays.label) forms.push(heading);
    return numbered ? [...forms, bare] : forms;
  }

  /** Measured and drawn again only when the text has changed. */
  #formOf(text: LabelText, em: number): Form {
    const shares = text.bars.map(({ name, share }) => `${name}${Math.round(50 * share)}`).join();
    const key = `${text.number}|${text.main}|${text.detail}|${shares}|${text.rightToLeft}|${em}`;
    let form = this.#drawn.get(key);
    if (!form) {
      if (this.#drawn.size >= KEPT) this.#drawn.clear();
      this.#drawn.set(key, (form = { key, text, art: labelArt(this.#quad.pen, text, em) }));
    }
    return form;
  }

  #refreshNumbers({ face, label }: FaceState, { overlays, clockS }: Show): void {
    const { expression, quality } = face;
    const due = clockS - this.#numbersAtS >= BARS_EVERY_S || clockS < this.#numbersAtS;
    const shown = shownLabel(face);
    const shape = `${overlays.label}|${overlays.bars}|${shown.label}|${quality.usable}`;
    if (!due && shape === this.#shape) return;
    this.#shape = shape;
    this.#numbersAtS = clockS;
    this.#detail = label ? this.texts.percent(shown.confidence) : "";
    this.#bars = overlays.bars && quality.usable ? this.#barsOf(expression.ferplus) : [];
  }

  #barsOf(ferplus: Float32Array): Bar[] {
    return FERPLUS.map((label, i) => ({ name: this.texts.name(label), share: ferplus[i], rgb: COLOURS_RGB[label] }));
  }
}
