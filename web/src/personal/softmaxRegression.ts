/**
 * Multinomial logistic regression: the weights that minimise the mean cross-entropy plus a quadratic penalty.
 *
 * The problem is convex, and its gradient has a closed form; Nesterov's accelerated descent (1983) needs no step size to be
 * chosen, since the rows are scaled so that their curvature is known.
 */

/** Labelled rows, and how much each counts; the weights sum to 1. */
export interface Rows {
  /** Each (features,), with a mean square norm of at most 1. */
  readonly values: readonly Float64Array[];
  /** Class of each row, from 0. */
  readonly classes: readonly number[];
  readonly weights: readonly number[];
  readonly classCount: number;
}

/** The weights of a class in one row, its bias last. */
export type Parameters = readonly Float64Array[];

export interface Fit {
  readonly parameters: Parameters;
  readonly iterations: number;
}

const MOST_ITERATIONS = 400;
/** The largest part of the gradient at which the descent ends. */
const TOLERANCE = 3e-4;
/** Of the cross-entropy, for rows of norm 1 and a bias. */
const CURVATURE = 0.5 * 2;

export function fit(rows: Rows, penalty: number): Fit {
  const width = rows.values[0].length + 1;
  let now = Array.from({ length: rows.classCount }, () => new Float64Array(width));
  let ahead = now;
  let momentum = 1;
  const step = 1 / (CURVATURE + penalty);
  for (let iteration = 1; ; iteration++) {
    const slope = gradient(rows, ahead, penalty);
    const next = ahead.map((row, k) => row.map((value, j) => value - step * slope[k][j]));
    const steepest = Math.max(...slope.map((row) => row.reduce((most, value) => Math.max(most, Math.abs(value)), 0)));
    if (steepest < TOLERANCE || iteration === MOST_ITERATIONS) return { parameters: next, iterations: iteration };
    const nextMomentum = (1 + Math.sqrt(1 + 4 * momentum * momentum)) / 2;
    const share = (momentum - 1) / nextMomentum;
    const before = now;
    ahead = next.map((row, k) => row.map((value, j) => value + share * (value - before[k][j])));
    now = next;
    momentum = nextMomentum;
  }
}

/** Of the mean cross-entropy plus half the penalty times the squared weights; biases are free. */
export function gradient({ values, classes, weights, classCount }: Rows, parameters: Parameters, penalty: number): Float64Array[] {
  const width = values[0].length;
  const slope = parameters.map((row) => row.map((value, j) => (j < width ? penalty * value : 0)));
  for (let n = 0; n < values.length; n++) {
    const row = values[n];
    const probabilities = classProbabilities(parameters, row);
    for (let k = 0; k < classCount; k++) {
      const error = weights[n] * (probabilities[k] - (classes[n] === k ? 1 : 0));
      const into = slope[k];
      for (let j = 0; j < width; j++) into[j] += error * row[j];
      into[width] += error;
    }
  }
  return slope;
}

/** What `gradient` is the gradient of. */
export function loss({ values, classes, weights }: Rows, parameters: Parameters, penalty: number): number {
  const squares = parameters.flatMap((row) => [...row.subarray(0, -1)]).reduce((sum, value) => sum + value * value, 0);
  const losses = values.map((row, n) => -weights[n] * Math.log(classProbabilities(parameters, row)[classes[n]]));
  return losses.reduce((sum, value) => sum + value, (penalty / 2) * squares);
}

function classProbabilities(parameters: Parameters, row: Float64Array): Float64Array {
  const logits = new Float64Array(parameters.length);
  for (let k = 0; k < parameters.length; k++) {
    const own = parameters[k];
    let logit = own[row.length];
    for (let j = 0; j < row.length; j++) logit += own[j] * row[j];
    logits[k] = logit;
  }
  const highest = Math.max(...logits);
  let sum = 0;
  for (let k = 0; k < logits.length; k++) sum += logits[k] = Math.exp(logits[k] - highest);
  for (let k = 0; k < logits.length; k++) logits[k] /= sum;
  return logits;
}
