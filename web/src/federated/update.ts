/** The update of a browser: the change of the head that its taught faces ask for, clipped and with noise. */

import { LABEL_SETS } from "../labels";
import type { TaughtFaces } from "../personal/train";
import { FEWEST_LABELS, trainable } from "../personal/train";
import { gradient, type Rows } from "../personal/softmaxRegression";
import { normals, type RandomWords } from "./noise";
import type { Round } from "./round";

export const UPDATE_SCHEMA = "emoar.federated-update/1";
/** Steps of the grid to which numbers are rounded, in a standard deviation of the noise: its last digits stay here. */
const STEPS = 1024;
const WRITTEN_DIGITS = 9; // significant

/** All that is sent. */
export interface UpdateDocument {
  readonly schema: string;
  readonly round: string;
  /** Random, so that the update counts once. */
  readonly id: string;
  /** SHA-256 of the file whose features were used. */
  readonly model: string;
  readonly weights: readonly (readonly number[])[];
  readonly bias: readonly number[];
}

/** The taught labels that the round's head has, with enough faces each: own names are never among them. */
export function usable<T extends TaughtFaces>(taught: readonly T[], round: Round): T[] {
  const categories: readonly string[] = LABEL_SETS[round.label_set].categories;
  const width = round.weights[0].length;
  return trainable(taught).filter(({ name, faces }) => categories.includes(name) && faces.every((face) => face.length === width));
}

/** The update of a round; undefined where too few of its labels were taught. */
export function makeUpdate(taught: readonly TaughtFaces[], round: Round, words?: RandomWords): UpdateDocument | undefined {
  const labels = usable(taught, round);
  if (labels.length < FEWEST_LABELS) return undefined;
  const delta = clipped(changeOf(labels, round), round.clip_norm);
  const deviation = round.noise * round.clip_norm;
  const noise = normals(delta.length, words);
  const sent = delta.map((value, i) => rounded(value + deviation * noise[i], deviation));
  const width = round.weights[0].length + 1;
  const rows = round.labels.map((_, k) => Array.from(sent.subarray(k * width, (k + 1) * width)));
  return {
    schema: UPDATE_SCHEMA,
    round: round.round,
    id: crypto.randomUUID().replaceAll("-", ""),
    model: round.model.sha256,
    weights: rows.map((row) => row.slice(0, -1)),
    bias: rows.map((row) => row[width - 1]),
  };
}

/** How gradient descent from the round's head changes it: a row a label, its bias last. Every taught label counts the same. */
export function changeOf(labels: readonly TaughtFaces[], round: Round): Float64Array {
  const categories: readonly string[] = LABEL_SETS[round.label_set].categories;
  const rows: Rows = {
    values: labels.flatMap(({ faces }) => faces.map((face) => Float64Array.from(face))),
    classes: labels.flatMap(({ name, faces }) => faces.map(() => categories.indexOf(name))),
    weights: labels.flatMap(({ faces }) => faces.map(() => 1 / (labels.length * faces.length))),
    classCount: round.labels.length,
  };
  const start = round.weights.map((row, k) => Float64Array.from([...row, round.bias[k]]));
  let now = start;
  for (let epoch = 0; epoch < round.epochs; epoch++) {
    const slope = gradient(rows, now, 0);
    now = now.map((row, k) => row.map((value, j) => value - round.lr * slope[k][j]));
  }
  return Float64Array.from(now.flatMap((row, k) => Array.from(row, (value, j) => value - start[k][j])));
}

/** Scaled down to that L2 norm at most; nothing where a number is not finite, as too large a learning rate makes it. */
export function clipped(delta: Float64Array, norm: number): Float64Array {
  const length = Math.sqrt(delta.reduce((sum, value) => sum + value * value, 0));
  if (!Number.isFinite(length)) return new Float64Array(delta.length);
  return length <= norm ? delta : delta.map((value) => (value * norm) / length);
}

function rounded(value: number, deviation: number): number {
  const step = 2 ** Math.floor(Math.log2(deviation / STEPS));
  return Number((Math.round(value / step) * step).toPrecision(WRITTEN_DIGITS));
}
