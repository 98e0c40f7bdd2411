/** Stable labels: probabilities averaged over time, and hysteresis before a label changes. */

import { FERPLUS, forEachLabelSet, UNSURE, type Probabilities } from "../labels";
import type { Expression } from "../types";

/** How stable the label is. */
export interface SmootherOptions {
  /** Of the exponential average; 0: no average. */
  readonly timeConstantS: number;
  /** Below it the label is `unsure`. */
  readonly minimumConfidence: number;
  /** How far another label must lead, or the confidence fall below the minimum, before the label changes. */
  readonly hysteresis: number;
}

export const SMOOTHER: SmootherOptions = { timeConstantS: 0.25, minimumConfidence: 0.4, hysteresis: 0.08 };

/** The smoothed expression of one face, from which that of the next frame is computed. */
export interface SmoothedExpression {
  /** Its probabilities are averaged over time. */
  readonly expression: Expression;
  /** Of the last frame that was averaged or not usable. */
  readonly timeS: number;
}

/** Smooths the expression of a face over time. */
export class ExpressionSmoother {
  constructor(private readonly options: SmootherOptions = SMOOTHER) {}

  /**
   * The smoothed expression of a face after one more frame.
   *
   * @param before the last result for this face; undefined for a new face.
   * @param usable whether the face is usable in this frame. Where it is not, the label is `unsure` and the probabilities
   *   do not enter the average.
   */
  smooth(
    before: SmoothedExpression | undefined,
    timeS: number,
    probabilities: Probabilities,
    usable = true,
  ): SmoothedExpression {
    const last = before?.expression;
    const now = forEachLabelSet((name) => normalised(probabilities[name]));
    const average = this.average(before, timeS, now, usable);
    const label = usable ? nextLabel(average.ferplus, FERPLUS, last?.label ?? UNSURE, this.options) : UNSURE;
    const sinceS = last && label === last.label ? last.sinceS : timeS;
    const raw = usable ? { rawProbabilities: now } : {};
    return { expression: { label, confidence: Math.max(...average.ferplus), sinceS, ...average, ...raw }, timeS };
  }

  private average(
    before: SmoothedExpression | undefined,
    timeS: number,
    now: Probabilities,
    usable: boolean,
  ): Probabilities {
    const last = before?.expression;
    if (last && !usable) return forEachLabelSet((name) => last[name]);
    const weight = before ? weightOfNewest(timeS - before.timeS, this.options.timeConstantS) : 1;
    return forEachLabelSet((name) => mixed(last?.[name], now[name], weight));
  }
}

/** The same in a frame in which the face was not classified. */
export function between(smoothed: SmoothedExpression): SmoothedExpression {
  const { rawProbabilities, ...expression } = smoothed.expression;
  return rawProbabilities ? { ...smoothed, expression } : smoothed;
}

/** The exponential average after one more value. */
export function mixed(before: Float32Array | undefined, now: Float32Array, weight: number): Float32Array {
  return before ? now.map((value, i) => before[i] + weight * (value - before[i])) : now;
}

function normalised(probabilities: Float32Array): Float32Array {
  const sum = probabilities.reduce((total, value) => total + value, 0);
  return probabilities.map((value) => value / sum);
}

/** Weight of the newest value in an exponential average. */
export function weightOfNewest(stepS: number, timeConstantS: number): number {
  return timeConstantS <= 0 ? 1 : 1 - Math.exp(-Math.max(0, stepS) / timeConstantS);
}

/**
 * The label to show, given the one shown until now.
 *
 * A label stays until another leads it by the hysteresis, or until its own probability falls below the minimum by as
 * much; `unsure` stays until a label reaches the minimum.
 */
export function nextLabel(
  probabilities: ArrayLike<number>,
  labels: readonly string[],
  current: string,
  options: SmootherOptions,
): string {
  let best = 0;
  for (let i = 1; i < labels.length; i++) if (probabilities[i] > probabilities[best]) best = i;
  if (current === UNSURE) return probabilities[best] >= options.minimumConfidence ? labels[best] : UNSURE;
  const held = labels.indexOf(current);
  if (best !== held && probabilities[best] < probabilities[held] + options.hysteresis) best = held;
  return probabilities[best] >= options.minimumConfidence - options.hysteresis ? labels[best] : UNSURE;
}
