/** Quality in steps: one step down after some time of slow measurements, one up after a longer time of fast ones. */

export interface LadderOptions {
  /** Number of steps; 0 is the best. */
  readonly steps: number;
  readonly first?: number;
  /** Times above `slowMs` are too slow; times below `fastMs` allow a better step. */
  readonly slowMs: number;
  readonly fastMs: number;
  readonly downAfterS?: number;
  readonly upAfterS?: number;
}

/** How long a step up that had to be undone is not tried again, so that quality does not oscillate. */
const REGRET_S = 45;

export class Ladder {
  step: number;
  #slowSinceS: number | undefined;
  #fastSinceS: number | undefined;
  #climbedAtS = -Infinity;
  #noClimbBeforeS = -Infinity;
  #meanMs: number | undefined;

  constructor(private readonly options: LadderOptions) {
    this.step = options.first ?? 0;
  }

  /** Takes a measured time; returns whether the step has changed. */
  measure(ms: number, nowS: number): boolean {
    this.#meanMs = this.#meanMs === undefined ? ms : this.#meanMs + 0.1 * (ms - this.#meanMs);
    const { slowMs, fastMs, downAfterS = 2, upAfterS = 8, steps } = this.options;
    this.#slowSinceS = this.#meanMs > slowMs ? (this.#slowSinceS ?? nowS) : undefined;
    this.#fastSinceS = this.#meanMs < fastMs ? (this.#fastSinceS ?? nowS) : undefined;
    if (this.#slowSinceS !== undefined && nowS - this.#slowSinceS >= downAfterS && this.step < steps - 1) {
      if (nowS - this.#climbedAtS < REGRET_S) this.#noClimbBeforeS = nowS + REGRET_S;
      return this.#to(this.step + 1);
    }
    const mayClimb = this.step > 0 && nowS >= this.#noClimbBeforeS;
    if (mayClimb && this.#fastSinceS !== undefined && nowS - this.#fastSinceS >= upAfterS) {
      this.#climbedAtS = nowS;
      return this.#to(this.step - 1);
    }
    return false;
  }

  #to(step: number): true {
    this.step = step;
    this.#slowSinceS = this.#fastSinceS = this.#meanMs = undefined;
    return true;
  }
}

/** The reductions at each step of inference, the least noticeable first. */
export const INFERENCE_STEPS = [
  { maxFaces: 4, classifyEveryS: 0.05 },
  { maxFaces: 4, classifyEveryS: 0.1 },
  { maxFaces: 3, classifyEveryS: 0.15 },
  { maxFaces: 2, classifyEveryS: 0.25 },
] as const;

/**
 * Pixels that are drawn at each step of drawing, and the least time between two drawings of one frame of the camera, of
 * which the second shows but what moves by itself. On the last steps that is longer than a camera, or inference, takes
 * for a frame, so that no second drawing delays the next frame.
 */
export const DRAWING_STEPS = [
  { pixels: 2_400_000, everyS: 0 },
  { pixels: 1_300_000, everyS: 0 },
  { pixels: 720_000, everyS: 0 },
  { pixels: 420_000, everyS: 0.04 },
  { pixels: 260_000, everyS: 0.1 },
  { pixels: 160_000, everyS: 0.1 },
] as const;
