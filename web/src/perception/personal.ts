/** Stable labels of a personal head: averaged over time and held like those of the model (`smooth.ts`). */

import { UNSURE } from "../labels";
import type { PersonalHead } from "../personal/head";
import type { PersonalLabel } from "../types";
import { UNSURE_BELOW } from "../face/decide";
import { mixed, nextLabel, SMOOTHER, type SmootherOptions, weightOfNewest } from "./smooth";

/** The smoothed label of one face, from which that of the next frame is computed. */
export interface SmoothedPersonal {
  /** One of the head's labels, or `UNSURE` for none of them. */
  readonly label: string;
  /** Averaged, in the order of the head's labels. */
  readonly probabilities: Float32Array;
  /** When `label` began. */
  readonly sinceS: number;
  readonly timeS: number;
}

export class PersonalSmoother {
  constructor(
    readonly head: PersonalHead,
    private readonly options: SmootherOptions = SMOOTHER,
  ) {}

  /** As `ExpressionSmoother.smooth`: a face that is not usable has no label, and its probabilities do not enter the average. */
  smooth(before: SmoothedPersonal | undefined, timeS: number, features: Float32Array, usable: boolean): SmoothedPersonal {
    if (!usable && before) return { ...before, label: UNSURE, sinceS: sinceOf(before, UNSURE, timeS), timeS };
    const weight = before ? weightOfNewest(timeS - before.timeS, this.options.timeConstantS) : 1;
    const probabilities = mixed(before?.probabilities, this.head.probabilities(features), weight);
    const current = before?.label ?? UNSURE;
    const { hysteresis } = this.options;
    const label = usable ? nextLabel(probabilities, this.head.labels, current, UNSURE_BELOW, hysteresis) : UNSURE;
    return { label, probabilities, sinceS: sinceOf(before, label, timeS), timeS };
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
