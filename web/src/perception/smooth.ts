/** Stable labels: heads averaged over time, the decision, and hysteresis before a label changes. */

import { FERPLUS, forEachLabelSet, UNSURE, type Probabilities } from "../labels";
import { decide, secondOf, UNSURE_BELOW, type Decision } from "../face/decide";
import type { PersonalHead } from "../personal/head";
import type { Expression, PersonalLabel } from "../types";
import { distortion } from "./association";

export const TIME_SLACK_S = 1e-4; // frame times are rounded
export const SECOND_EVERY_S = 0.1; // least time between two second predictions of a face
export const STEADY_SECOND_S = 0.4; // the same, where both predictions are steady
export const STEADY_S = 0.2; // how long a face that keeps its shape and its probabilities is not classified again
export const STEADY_TIMES = 4; // at most so many times the least interval
export const STEADY = 0.1; // probabilities that are nearer to their average are steady
export const SAME_SHAPE = 0.004; // RMS in face sizes: noise moves landmarks by 0.0007, a mouth whose corners rise, by more

/** How stable the label is. */
export interface SmootherOptions {
  /** Of the exponential average; 0: no average. */
  readonly timeConstantS: number;
  /** How far another label must lead, or the confidence fall below the minimum, before the label changes. */
  readonly hysteresis: number;
}

export const SMOOTHER: SmootherOptions = { timeConstantS: 0.25, hysteresis: 0.08 };

/** The heads of the second prediction, which there is less often than the first. */
export interface SecondAverage {
  readonly average: Probabilities;
  /** Up to which the average is known. */
  readonly timeS: number;
  /** Of the last frame in which there was one. */
  readonly classifiedS: number;
  /** In that frame, its heads agreed with their average. */
  readonly isSteady: boolean;
}

/** The smoothed expression of one face, from which that of the next frame is computed. */
export interface SmoothedExpression {
  readonly expression: Expression;
  /** The heads, averaged over time; the decision on them gives the probabilities of the expression. */
  readonly average: Probabilities;
  /** Up to which the average is known. */
  readonly timeS: number;
  /** Of the last frame in which the face was classified, usable or not. */
  readonly classifiedS: number;
  /** In that frame, the heads agreed with their average. */
  readonly isSteady: boolean;
  /** Absent where the decision takes none. */
  readonly second?: SecondAverage;
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

  /** Whether `smooth` needs the second prediction in a frame, after `before`. */
  asksSecond(before: SmoothedExpression | undefined, timeS: number): boolean {
    const last = before?.second;
    if (!last || !secondOf(this.decision)) return secondOf(this.decision) !== undefined;
    const everyS = before.isSteady && last.isSteady ? STEADY_SECOND_S : SECOND_EVERY_S;
    return last.classifiedS <= timeS - everyS + TIME_SLACK_S;
  }

  /**
   * The smoothed expression of a face after one more frame.
   *
   * @param before the last result for this face; undefined for a new face.
   * @param probabilities of the heads in this frame.
   * @param usable whether the face is usable in this frame. Where it is not, the label is `unsure` and the probabilities
   *   do not enter the average.
   * @param another the second prediction, for the confidence; undefined where there is none.
   */
  smooth(
    before: SmoothedExpression | undefined,
    timeS: number,
    probabilities: Probabilities,
    usable = true,
    another?: Probabilities,
  ): SmoothedExpression {
    const last = before?.expression;
    const now = forEachLabelSet((name) => normalised(probabilities[name]));
    const average = this.average(before, timeS, now, usable);
    const isSteady = before !== undefined && usable && agrees(now, average);
    const second = this.second(before?.second, timeS, another, usable, isSteady);
    const shown = decide(this.decision, average, second?.average);
    const { minimum, options } = this;
    const label = usable ? nextLabel(shown.ferplus, FERPLUS, last?.label ?? UNSURE, minimum, options.hysteresis) : UNSURE;
    const sinceS = last && label === last.label ? last.sinceS : timeS;
    const raw = usable ? { rawProbabilities: now } : {};
    const expression = { label, confidence: Math.max(...shown.ferplus), sinceS, ...shown, ...raw };
    return { expression, average, timeS, classifiedS: timeS, isSteady, ...(second && { second }) };
  }

  private second(
    last: SecondAverage | undefined,
    timeS: number,
    probabilities: Probabilities | undefined,
    usable: boolean,
    isSteady: boolean,
  ): SecondAverage | undefined {
    // the second prediction of a steady face is steady: the average is known up to now, and follows at the same pace as
    // the face's own when the face changes
    if (!probabilities || (last && !usable)) return last && isSteady ? { ...last, timeS } : last;
    const weight = last ? weightOfNewest(timeS - last.timeS, this.options.timeConstantS) : 1;
    const now = forEachLabelSet((name) => normalised(probabilities[name]));
    const average = forEachLabelSet((name) => mixed(last?.average[name], now[name], weight));
    return { average, timeS, classifiedS: timeS, isSteady: last !== undefined && agrees(now, average) };
  }

  private average(before: SmoothedExpression | undefined, timeS: number, now: Probabilities, usable: boolean): Probabilities {
    const last = before?.average;
    if (last && !usable) return last;
    const weight = before ? weightOfNewest(timeS - before.timeS, this.options.timeConstantS) : 1;
    return forEachLabelSet((name) => mixed(last?.[name], now[name], weight));
  }
}

/** The smoothed label of one face, from which that of the next frame is computed. */
export interface SmoothedPersonal {
  /** One of the head's labels, or `UNSURE` for none of them. */
  readonly label: string;
  /** Averaged, in the order of the head's labels. */
  readonly probabilities: Float32Array;
  /** When `label` began. */
  readonly sinceS: number;
  /** Up to which the average is known. */
  readonly timeS: number;
  /** The last probabilities agreed with their average. */
  readonly isSteady: boolean;
}

export class PersonalSmoother {
  constructor(
    readonly head: PersonalHead,
    private readonly options: SmootherOptions = SMOOTHER,
  ) {}

  /** As `ExpressionSmoother.smooth`: a face that is not usable has no label, and its probabilities do not enter the average. */
  smooth(before: SmoothedPersonal | undefined, timeS: number, features: Float32Array, usable: boolean): SmoothedPersonal {
    if (!usable && before) return { ...before, label: UNSURE, sinceS: sinceOf(before, UNSURE, timeS), timeS, isSteady: false };
    const weight = before ? weightOfNewest(timeS - before.timeS, this.options.timeConstantS) : 1;
    const now = this.head.probabilities(features);
    const probabilities = mixed(before?.probabilities, now, weight);
    const isSteady = before !== undefined && apart(now, probabilities) < STEADY;
    const current = before?.label ?? UNSURE;
    const { hysteresis } = this.options;
    const label = usable ? nextLabel(probabilities, this.head.labels, current, UNSURE_BELOW, hysteresis) : UNSURE;
    return { label, probabilities, sinceS: sinceOf(before, label, timeS), timeS, isSteady };
  }

  /** What a face gets of it: nothing where it has none of the labels. */
  labelOf({ label, probabilities, sinceS }: SmoothedPersonal): PersonalLabel | undefined {
    if (label === UNSURE) return undefined;
    return { label, confidence: probabilities[this.head.labels.indexOf(label)], sinceS };
  }
}

function sinceOf(before: SmoothedPersonal | undefined, label: string, timeS: number): number {
  return before?.label === label ? before.sinceS : timeS;
}

/**
 * The same in a frame in which the face was not classified.
 *
 * From `everyS` on it could have been, and was steady: the average counts as confirmed at this time.
 */
export function between(smoothed: SmoothedExpression, timeS: number, everyS: number): SmoothedExpression {
  const confirmed = timeS - smoothed.classifiedS + TIME_SLACK_S >= everyS;
  const { second } = smoothed;
  const held = confirmed ? { ...smoothed, timeS, ...(second && { second: { ...second, timeS } }) } : smoothed;
  const { rawProbabilities, ...expression } = smoothed.expression;
  return rawProbabilities ? { ...held, expression } : held;
}

/**
 * Whether a face is classified again, in a frame at `timeS`.
 *
 * It is after `everyS`. A face that keeps its shape, and whose probabilities keep theirs, waits for `STEADY_S`: the network
 * would see the same again.
 *
 * @param before the result of the last classification.
 * @param beforePx landmarks of that frame.
 * @param nowPx landmarks of this frame.
 * @param everyS the least time between two classifications; 0: every frame is classified.
 */
export function isDue(
  before: SmoothedExpression,
  beforePx: Float32Array,
  timeS: number,
  nowPx: Float32Array,
  everyS: number,
): boolean {
  const ageS = timeS - before.classifiedS + TIME_SLACK_S;
  if (ageS < everyS) return false;
  const longestS = Math.min(STEADY_TIMES * everyS, Math.max(STEADY_S, everyS));
  return ageS >= longestS || !before.isSteady || distortion(beforePx, nowPx) > SAME_SHAPE;
}

/** Whether all heads are near to their average. */
function agrees(now: Probabilities, average: Probabilities): boolean {
  return Math.max(apart(now.ferplus, average.ferplus), apart(now.fer2013, average.fer2013)) < STEADY;
}

/** The largest difference of a probability from its average. */
function apart(now: Float32Array, average: Float32Array): number {
  return now.reduce((most, value, i) => Math.max(most, Math.abs(value - average[i])), 0);
}

function mixed(before: Float32Array | undefined, now: Float32Array, weight: number): Float32Array {
  return before ? now.map((value, i) => before[i] + weight * (value - before[i])) : now;
}

function normalised(probabilities: Float32Array): Float32Array {
  const sum = probabilities.reduce((total, value) => total + value, 0);
  return probabilities.map((value) => value / sum);
}

/** Weight of the newest value in an exponential average. */
function weightOfNewest(stepS: number, timeConstantS: number): number {
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
