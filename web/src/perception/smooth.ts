/** Stable labels: probabilities averaged over time, and hysteresis before a label changes. */

import { FERPLUS, forEachLabelSet, UNSURE, type Probabilities } from "../labels";
import type { Expression } from "../types";

/** How stable the label is. */
export interface SmootherOptions {
  /** Of the average over time; 0 uses each frame by itself. */
  readonly timeConstantS: number;
  /** Below it the label is `unsure`. */
  readonly minimumConfidence: number;
  /** By so much another label must lead, and confidence must rise, before the label changes. */
  readonly hysteresis: number;
}

export const SMOOTHER: SmootherOptions = { timeConstantS: 0.25, minimumConfidence: 0.4, hysteresis: 0.08 };

interface State {
  readonly average: Probabilities;
  readonly label: string;
  readonly sinceS: number;
  readonly timeS: number;
}

/** Smooths the expressions of several faces, each by its track id. */
export class ExpressionSmoother {
  private readonly states = new Map<number, State>();

  constructor(private readonly options: SmootherOptions = SMOOTHER) {}

  /**
   * The smoothed expression of a face, given this frame's probabilities.
   *
   * A face that is not usable is `unsure`; its frame does not enter the average.
   */
  smooth(trackId: number, timeS: number, probabilities: Probabilities, usable = true): Expression {
    const before = this.states.get(trackId);
    const average = this.average(before, timeS, probabilities, usable);
    const label = usable ? nextLabel(average.ferplus, FERPLUS, before?.label ?? UNSURE, this.options) : UNSURE;
    const sinceS = before && label === before.label ? before.sinceS : timeS;
    this.states.set(trackId, { average, label, sinceS, timeS });
    return { label, confidence: Math.max(...average.ferplus), sinceS, ...average };
  }

  /** Forgets all faces but these. */
  keepOnly(trackIds: ReadonlySet<number>): void {
    for (const key of this.states.keys()) if (!trackIds.has(key)) this.states.delete(key);
  }

  /** Forgets all faces. */
  reset(): void {
    this.states.clear();
  }

  private average(before: State | undefined, timeS: number, now: Probabilities, usable: boolean): Probabilities {
    if (before && !usable) return before.average;
    const weight = before ? weightOfNewest(timeS - before.timeS, this.options.timeConstantS) : 1;
    return forEachLabelSet((name) => mixed(before?.average[name], normalised(now[name]), weight));
  }
}

function mixed(before: Float32Array | undefined, now: Float32Array, weight: number): Float32Array {
  return before ? now.map((value, i) => before[i] + weight * (value - before[i])) : now;
}

function normalised(probabilities: Float32Array): Float32Array {
  const sum = probabilities.reduce((total, value) => total + value, 0);
  return probabilities.map((value) => value / sum);
}

/** Of the newest value in an exponential average. */
function weightOfNewest(stepS: number, timeConstantS: number): number {
  return timeConstantS <= 0 ? 1 : 1 - Math.exp(-Math.max(0, stepS) / timeConstantS);
}

/**
 * The label to show, given the one shown until now.
 *
 * A label stays until another leads it by the hysteresis, or until its own probability falls below the minimum by as
 * much; `unsure` stays until a label exceeds the minimum.
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
