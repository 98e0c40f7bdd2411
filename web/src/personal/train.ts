/** Trains a personal head on the features of taught faces, on this device. */

import { type HeadDocument, type HeadModel, PERSONAL_SCHEMA, type Rejection } from "./head";
import { fit, type Rows } from "./softmaxRegression";

export const FEWEST_FACES = 5; // of a label
export const FEWEST_LABELS = 2;

/** On rows of mean square norm 1: median probability of the right one of 8 labels of 5 faces each 0.94, of 16 labels 0.85. */
const PENALTY = 1e-3;
/**
 * Radii as shares of a centre's length. Of faces like five taught ones, but shifted, turned and lit differently, 99 % lie
 * within 0.52 of their mean; of other people with another expression, less than 1 % (FER2013's PublicTest, both models).
 */
const RADIUS = { least: 0.55, most: 0.8 } as const;
/** Of the distance of the most unlike face of a label from the mean of the others. */
const MARGIN = 1.5;

/** One label and the features of its faces, all of one length. */
export interface TaughtFaces {
  readonly name: string;
  readonly faces: readonly Float32Array[];
}

/** The labels that have enough faces. */
export function trainable<T extends TaughtFaces>(labels: readonly T[]): T[] {
  return labels.filter(({ faces }) => faces.length >= FEWEST_FACES);
}

/** The head of the labels that have enough faces; undefined where they are fewer than two. */
export function train(taught: readonly TaughtFaces[], model: HeadModel): HeadDocument | undefined {
  const labels = trainable(taught);
  if (labels.length < FEWEST_LABELS) return undefined;
  return {
    schema: PERSONAL_SCHEMA,
    model,
    labels: labels.map(({ name }) => name),
    ...fitted(labels),
    faces: labels.map(({ faces }) => faces.length),
    rejection: rejectionOf(labels),
  };
}

/** Every label counts the same, however many faces it has. */
function fitted(labels: readonly TaughtFaces[]): Pick<HeadDocument, "weights" | "bias"> {
  const all = labels.flatMap(({ faces }) => faces);
  const classes = labels.flatMap(({ faces }, k) => faces.map(() => k));
  const weights = classes.map((k) => 1 / (labels.length * labels[k].faces.length));
  const middle = mean(all, weights);
  const centred = all.map((face) => middle.map((value, j) => face[j] - value));
  const square = centred.reduce((sum, row, n) => sum + weights[n] * squareNorm(row), 0);
  const scale = square > 0 ? 1 / Math.sqrt(square) : 1;
  const rows: Rows = { values: centred.map((row) => row.map((value) => scale * value)), classes, weights, classCount: labels.length };
  const { parameters } = fit(rows, PENALTY);
  // of the features as they are, so that the head alone is all that is needed
  const weightsOf = parameters.map((row) => Array.from(row.subarray(0, -1), (value) => scale * value));
  const bias = parameters.map((row, k) => row[row.length - 1] - weightsOf[k].reduce((sum, value, j) => sum + value * middle[j], 0));
  return { weights: weightsOf, bias };
}

function rejectionOf(labels: readonly TaughtFaces[]): Rejection {
  const centres = labels.map(({ faces }) => mean(faces, faces.map(() => 1 / faces.length)));
  const radii = labels.map(({ faces }, k) => {
    const length = Math.sqrt(squareNorm(centres[k])) || 1;
    // leaving a face out moves the mean away from it by 1 / (n - 1) of its distance
    const furthest = Math.max(...faces.map((face) => Math.sqrt(squareNorm(centres[k].map((value, j) => face[j] - value)))));
    const leftOut = (furthest * faces.length) / (faces.length - 1);
    return length * Math.min(Math.max((MARGIN * leftOut) / length, RADIUS.least), RADIUS.most);
  });
  return { centres: centres.map((centre) => [...centre]), radii };
}

function mean(rows: readonly Float32Array[], weights: readonly number[]): Float64Array {
  const sum = new Float64Array(rows[0].length);
  rows.forEach((row, n) => row.forEach((value, j) => (sum[j] += weights[n] * value)));
  return sum;
}

function squareNorm(row: Float64Array): number {
  return row.reduce((sum, value) => sum + value * value, 0);
}
