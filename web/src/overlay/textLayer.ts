/** Labels and quote bubbles of all faces: laid out together, so that none covers another or a face. */

import { Group } from "three";

import { choose } from "../content/choose";
import type { Quote } from "../content/pack";
import { category, COLOURS_RGB, FERPLUS, UNSURE } from "../labels";
import type { Face } from "../types";
import { CanvasQuad } from "./canvasQuad";
import type { FaceState } from "./faceState";
import type { Show } from "./layer";
import { bestPlace, type Box, headBox, heightOf, keptInside, type Obstacle, shifted, widthOf } from "./layout";
import { Tail } from "./tail";
import { type Bar, bubbleArt, labelArt, type Rgb } from "./textArt";
import { toView, type Viewport } from "./viewport";

/** The words of the page's language. */
export interface Words {
  /** What a face looks like, such as "looks happy"; or why it cannot be judged. */
  label(face: Face): string;
  /** A FER+ label alone, such as "happiness". */
  name(label: string): string;
  /** 0..1 as a percentage. */
  percent(share: number): string;
}

const TEXT_OF_FACE = 0.078; // text size over the height of the face
const BARS_EVERY_S = 0.2; // numbers that change faster cannot be read
const FADE_TIME_S = 0.22;
const GAP_EM = 0.6;

interface FaceText {
  readonly label: CanvasQuad;
  readonly bubble: CanvasQuad;
  readonly tail: Tail;
  labelPlace?: number;
  bubblePlace?: number;
  quote?: Quote | undefined;
  shown: number;
  numbersAtS: number;
  numbers: string;
  bars: readonly Bar[];
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
    const taken: Obstacle[] = states.map((state) => ({ box: headBox(faceBox(state.face, viewport)), weight: 3 }));
    for (const state of states) {
      const text = this.#textOf(state.trackId);
      const em = emOf(faceBox(state.face, viewport), room, scale);
      this.#placeLabel(text, state, show, viewport, room, em, taken);
      this.#placeBubble(text, state, show, viewport, room, em, taken, stepS);
    }
  }

  clear(): void {
    this.#forget([]);
  }

  #textOf(trackId: number): FaceText {
    let text = this.#texts.get(trackId);
    if (!text) {
      text = {
        label: new CanvasQuad(12),
        bubble: new CanvasQuad(11),
        tail: new Tail(11.5),
        shown: 0,
        numbersAtS: -Infinity,
        numbers: "",
        bars: [],
      };
      this.#texts.set(trackId, text);
      this.root.add(text.tail.mesh, text.bubble.mesh, text.label.mesh);
    }
    return text;
  }

  #forget(states: readonly FaceState[]): void {
    for (const [trackId, text] of this.#texts) {
      if (states.some((state) => state.trackId === trackId)) continue;
      this.root.remove(text.tail.mesh, text.bubble.mesh, text.label.mesh);
      for (const part of [text.label, text.bubble, text.tail]) part.dispose();
      this.#texts.delete(trackId);
    }
  }

  #placeLabel(
    text: FaceText,
    state: FaceState,
    show: Show,
    viewport: Viewport,
    room: Box,
    em: number,
    taken: Obstacle[],
  ): void {
    if (!show.looks.label) return text.label.hide();
    this.#refreshNumbers(text, state, show);
    const label = category(state.label ?? UNSURE);
    const key = `${this.words.label(state.face)}|${text.numbers}|${em}`;
    const art = text.label.show(key, (pen) =>
      labelArt(pen, this.words.label(state.face), text.numbers.split("|")[0], COLOURS_RGB[label], text.bars, em),
    );
    const head = headBox(faceBox(state.face, viewport));
    const wanted = labelPlaces(head, art.widthPx, art.heightPx, em);
    const [index, box] = best(wanted, room, taken, text.labelPlace);
    text.labelPlace = index;
    taken.push({ box, weight: 4 });
    text.label.place(rounded(box), 1);
  }

  #refreshNumbers(text: FaceText, state: FaceState, show: Show): void {
    const { expression, quality } = state.face;
    const due = show.clockS - text.numbersAtS >= BARS_EVERY_S || show.clockS < text.numbersAtS;
    const shape = `${show.looks.bars}|${expression.label}|${quality.judged}`;
    if (!due && text.numbers.endsWith(shape)) return;
    text.numbersAtS = show.clockS;
    const detail = state.label ? this.words.percent(expression.confidence) : "";
    text.bars = show.looks.bars && quality.judged ? this.#bars(expression.ferplus) : [];
    const shares = text.bars.map((bar) => Math.round(50 * bar.share)).join();
    text.numbers = `${detail}|${shares}|${shape}`;
  }

  #bars(ferplus: Float32Array): Bar[] {
    return FERPLUS.map((label, i) => ({ name: this.words.name(label), share: ferplus[i], rgb: COLOURS_RGB[label] }));
  }

  #placeBubble(
    text: FaceText,
    state: FaceState,
    show: Show,
    viewport: Viewport,
    room: Box,
    em: number,
    taken: Obstacle[],
    stepS: number,
  ): void {
    const quote = show.looks.quote && show.pack ? choose(show.pack.quotes, state.face, show.seed, "quote") : undefined;
    // the old bubble goes before the new one comes
    if (quote !== text.quote) text.shown = Math.max(text.shown - stepS / FADE_TIME_S, 0);
    else if (quote) text.shown = Math.min(text.shown + stepS / FADE_TIME_S, 1);
    if (text.shown === 0) text.quote = quote;
    if (!text.quote || (text.shown === 0 && stepS > 0)) {
      text.bubble.hide();
      text.tail.hide();
      return;
    }
    this.#drawBubble(text, text.quote, state, viewport, room, em, taken);
  }

  #drawBubble(
    text: FaceText,
    quote: Quote,
    state: FaceState,
    viewport: Viewport,
    room: Box,
    em: number,
    taken: Obstacle[],
  ): void {
    const rgb: Rgb = COLOURS_RGB[category(state.face.expression.label)];
    const roomPx = Math.min(0.46 * widthOf(room), 24 * em) < 12 * em ? 0.8 * widthOf(room) : Math.min(0.46 * widthOf(room), 24 * em);
    const art = text.bubble.show(`${quote.text}|${em}|${roomPx}`, (pen) => bubbleArt(pen, quote, rgb, em, roomPx));
    const face = faceBox(state.face, viewport);
    const [width, height] = [art.widthPx - 2 * art.marginPx, art.heightPx - 2 * art.marginPx];
    const [index, box] = best(bubblePlaces(headBox(face), width, height, em), room, taken, text.bubblePlace);
    text.bubblePlace = index;
    taken.push({ box, weight: 4 });
    const eased = text.shown * (2 - text.shown);
    const place = rounded(box);
    text.bubble.place(place, eased);
    text.tail.place(place, mouthOf(state.face, viewport), em, 0.33 * heightOf(face), eased);
  }
}

function best(wanted: Box[], room: Box, taken: Obstacle[], last: number | undefined): [number, Box] {
  const places = wanted.map((box) => keptInside(box, room));
  const index = bestPlace(places, wanted, taken, last);
  return [index, places[index]];
}

function labelPlaces(head: Box, width: number, height: number, em: number): Box[] {
  const size: Box = [0, 0, width, height];
  const gap = GAP_EM * em;
  const middleX = (head[0] + head[2] - width) / 2;
  const middleY = (head[1] + head[3] - height) / 2;
  return [
    shifted(size, middleX, head[3] + gap),
    shifted(size, head[2] + gap, middleY),
    shifted(size, head[0] - gap - width, middleY),
    shifted(size, middleX, head[1] - height - gap),
  ];
}

function bubblePlaces(head: Box, width: number, height: number, em: number): Box[] {
  const size: Box = [0, 0, width, height];
  const gap = 0.9 * em;
  const [middleX, middleY] = [(head[0] + head[2]) / 2, (head[1] + head[3]) / 2];
  const side = 0.1 * widthOf(head);
  const over = head[1] - height - 0.5 * gap;
  const under = head[3] + gap;
  const [right, left] = [head[2] + gap, head[0] - gap - width];
  return [
    shifted(size, right, head[1] - 0.2 * height),
    shifted(size, left, head[1] - 0.2 * height),
    shifted(size, middleX + side, over),
    shifted(size, middleX - side - width, over),
    shifted(size, right, middleY),
    shifted(size, left, middleY),
    shifted(size, middleX - width / 2, over),
    shifted(size, middleX, under),
    shifted(size, middleX - width, under),
    shifted(size, middleX - width / 2, under),
  ];
}

/** Text grows with the head, inside limits that come from the view's size; `scale` is view pixels a CSS pixel. */
export function emOf(face: Box, room: Box, scale: number): number {
  const side = Math.sqrt(widthOf(room) * heightOf(room));
  const low = Math.max(side / 56, 13 * scale);
  const high = Math.max(side / 40, low);
  return Math.round(2 * Math.min(Math.max(TEXT_OF_FACE * heightOf(face), low), high)) / 2;
}

/** The box around the landmarks, in the view. */
export function faceBox(face: Face, viewport: Viewport): Box {
  const [x0, y0] = toView(viewport, face.boxXyxyPx[0], face.boxXyxyPx[1]);
  const [x1, y1] = toView(viewport, face.boxXyxyPx[2], face.boxXyxyPx[3]);
  return [Math.min(x0, x1), y0, Math.max(x0, x1), y1];
}

function mouthOf(face: Face, viewport: Viewport): [number, number] {
  const points = face.landmarksPx;
  return toView(viewport, (points[39] + points[42]) / 2, (points[40] + points[43]) / 2); // lips, 13 and 14
}

function rounded(box: Box): Box {
  return shifted(box, Math.round(box[0]) - box[0], Math.round(box[1]) - box[1]);
}
