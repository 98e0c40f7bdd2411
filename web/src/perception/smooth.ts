/** Stable labels: heads averaged over time, the decision, and hysteresis before a label changes. */

import { FERPLUS, forEachLabelSet, UNSURE, type Probabilities } from "../labels";
import type { Expression } from "../types";
import { decide, UNSURE_BELOW, type Decision } from "../face/decide";

/** How stable the label is. */
export interface SmootherOptions {
  /** Of the exponential average; 0: no average. */
  readonly timeConstantS: number;
  /** How far another label must lead, or the confidence fall below the minimum, before the label changes. */
  readonly hysteresis: number;
}

export const SMOOTHER: SmootherOptions = { timeConstantS: 0.25, hysteresis: 0.08 };

/** The smoothed expression of one face, from which that of the next frame is computed. */
export interface SmoothedExpression {
  readonly expression: Expression;
  /** The heads, averaged over time; the decision on them gives the probabilities of the expression. */
  readonly average: Probabilities;
  /** Of the last frame that was averaged or not usable. */
  readonly timeS: number;
}

/** Smooths the expression of a face over time. */
export class ExpressionSmoother {
  private readonly minimum: number;

  constructor(
    private readonly options: SmootherOptions = SMOOTHER,
    private readonly decision: Decision = {},
  ) {
    this.minimum = decision.ferplus?.unsure_below ?? UNSURE_BELOW;
  }

  /**
   * The smoothed expression of a face after one more frame.
   *
   * @param before the last result for this face; undefined for a new face.
   * @param probabilities of the heads in this frame.
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
    const shown = decide(this.decision, average);
    const { minimum, options } = this;
    const label = usable ? nextLabel(shown.ferplus, FERPLUS, last?.label ?? UNSURE, minimum, options.hysteresis) : UNSURE;
    const sinceS = last && label === last.label ? last.sinceS : timeS;
    const raw = usable ? { rawProbabilities: now } : {};
    return { expression: { label, confidence: Math.max(...shown.ferplus), sinceS, ...shown, ...raw }, average, timeS };
  }

  private average(
    before: SmoothedExpression | undefined,
    timeS: number,
    now: Probabilities,
    usable: boolean,
  ): Probabilities {
    const last = before?.average;
    if (last && !usable) return last;
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
  minimum: number,
  hysteresis: number,
): string {
  let best = 0;
  for (let i = 1; i < labels.length; i++) if (probabilities[i] > probabilities[best]) best = i;
  if (current === UNSURE) return probabilities[best] >= minimum ? labels[best] : UNSURE;
  const held = labels.indexOf(current);
  if (best !== held && probabilities[best] < probabilities[held] + hysteresis) best = held;
  return probabilities[best] >= minimum - hysteresis ? labels[best] : UNSURE;
}
