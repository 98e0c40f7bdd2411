/** A person's own face at rest: measures are movements from it. Python's `perception/measures/rest.py` learns the same. */

export const MINIMUM_CONFIDENCE = 0.8; // of the label neutral
export const OWN_AFTER_S = 1; // of a neutral face: the person's own rest then weighs as much as the mean face's
export const MEMORY_S = 20; // of neutral faces: more of them replace earlier ones
export const LONGEST_STEP_S = 0.2; // a face counts for the time since the one before, at most this

export class Rest {
  #own: readonly number[];
  #seconds = 0;

  /** @param mean values of the mean face at rest */
  constructor(private readonly mean: readonly number[]) {
    this.#own = mean.map(() => 0);
  }

  /** Between the mean face's and the person's own, the more of these the longer it was seen. */
  get values(): number[] {
    const share = this.#seconds / (this.#seconds + OWN_AFTER_S);
    return this.mean.map((value, i) => value + share * (this.#own[i] - value));
  }

  /** Takes one more neutral face, which stands for the time since the frame before. */
  learn(values: readonly number[], stepS: number): void {
    const step = Math.min(Math.max(stepS, 0), LONGEST_STEP_S);
    this.#seconds = Math.min(this.#seconds + step, MEMORY_S);
    if (this.#seconds === 0) return;
    const share = Math.min(step / this.#seconds, 1);
    this.#own = this.#own.map((value, i) => value + share * (values[i] - value));
  }
}
