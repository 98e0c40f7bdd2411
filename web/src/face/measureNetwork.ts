/**
 * Movements of the face by a small network on its landmarks, the same file and the same numbers as in Python's
 * `perception/measures`: names of ARKit, in the scale of MediaPipe's blendshapes.
 */

import { upright } from "./upright";

/** The file, `src/emoar/weights/emoar-measures.json`. */
export interface NetworkFile {
  readonly names: readonly string[];
  /** Mean values of neutral faces. */
  readonly rest: readonly number[];
  /** Indices of the landmarks that it takes. */
  readonly landmarks: readonly number[];
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
  /** Weights are int8, row by row, as base64; each row has a scale. */
  readonly layers: readonly { readonly weights: string; readonly scale: readonly number[]; readonly bias: readonly number[] }[];
}

interface Layer {
  /** (outputs * inputs,) */
  readonly weights: Int8Array;
  readonly scale: readonly number[];
  readonly bias: readonly number[];
}

/** Movements from rest, 0..1, by name. */
export type Movements = Readonly<Record<string, number>>;

/** Dense layers with SiLU between them and a sigmoid at the end. */
export class MeasureNetwork {
  readonly names: readonly string[];
  readonly rest: readonly number[];
  readonly #layers: readonly Layer[];

  constructor(private readonly file: NetworkFile) {
    this.names = file.names;
    this.rest = file.rest;
    this.#layers = file.layers.map(({ weights, scale, bias }) => ({ weights: int8(weights), scale, bias }));
  }

  /** Values 0..1, in the order of `names`. */
  values(landmarksPx: ArrayLike<number>): number[] {
    const { landmarks, mean, deviation } = this.file;
    const turned = upright(landmarksPx);
    let x = mean.map((value, i) => (turned[3 * landmarks[Math.floor(i / 3)] + (i % 3)] - value) / deviation[i]);
    this.#layers.forEach((layer, i) => {
      const sums = dense(layer, x);
      x = i < this.#layers.length - 1 ? sums.map((sum) => sum * sigmoid(sum)) : sums.map(sigmoid);
    });
    return x;
  }

  /** Movements of `values` from rest. */
  movementsOf(values: readonly number[], rest: readonly number[]): Movements {
    const moved = values.map((value, i) => (value - rest[i]) / Math.max(1 - rest[i], 1e-3));
    return Object.fromEntries(this.names.map((name, i) => [name, Math.min(Math.max(moved[i], 0), 1)]));
  }

  /**
   * Movements from rest, 0..1, by name.
   *
   * @param rest values of the person's own face at rest; without it those of the mean face
   */
  movements(landmarksPx: ArrayLike<number>, rest: readonly number[] = this.rest): Movements {
    return this.movementsOf(this.values(landmarksPx), rest);
  }
}

/** Fetches the network, once: it is a part of its own, which only those fetch who use it. */
export async function loadMeasureNetwork(): Promise<MeasureNetwork> {
  const { default: file } = await import("../../../src/emoar/weights/emoar-measures.json");
  return new MeasureNetwork(file);
}

function dense({ weights, scale, bias }: Layer, x: readonly number[]): number[] {
  return bias.map((offset, row) => {
    let sum = 0;
    const start = row * x.length;
    for (let i = 0; i < x.length; i++) sum += weights[start + i] * x[i];
    return scale[row] * sum + offset;
  });
}

function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}

function int8(base64: string): Int8Array {
  return Int8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
