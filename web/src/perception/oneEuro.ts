/** The One-Euro filter: a low-pass filter whose cutoff rises with speed (Casiez, Roussel and Vogel, 2012). */

/** The values are for signals measured in outer-eye distances. */
export interface OneEuroOptions {
  /** Lower removes more noise at rest. */
  readonly minimumCutoffHz: number;
  /** Hz per unit/s: higher follows motion with less lag. */
  readonly beta: number;
  /** Of the speed estimate itself. */
  readonly derivativeCutoffHz: number;
}

export const ONE_EURO: OneEuroOptions = { minimumCutoffHz: 1.5, beta: 4, derivativeCutoffHz: 2 };

/** Filters one array-valued signal with the signal's own times. */
export class OneEuro {
  private value: Float32Array | null = null;
  private speed = new Float32Array(0);
  private timeS = 0;

  constructor(private readonly options: OneEuroOptions = ONE_EURO) {}

  /**
   * The filtered value, same length.
   *
   * @param timeS when it was measured; a value that is not newer than the last one passes unfiltered.
   * @param unit size of one unit in the value's scale, so that near and far faces filter alike.
   */
  filter(value: Float32Array, timeS: number, unit: number): Float32Array {
    const stepS = timeS - this.timeS;
    this.timeS = timeS;
    const before = this.value;
    if (!before || stepS <= 0) {
      this.value = value;
      this.speed = new Float32Array(value.length);
      return value;
    }
    const blend = 1 / (1 + 1 / (2 * Math.PI * this.options.derivativeCutoffHz * stepS));
    const filtered = new Float32Array(value.length);
    for (let i = 0; i < value.length; i++) {
      const speed = (value[i] - before[i]) / (stepS * unit);
      this.speed[i] += blend * (speed - this.speed[i]);
      const cutoff = this.options.minimumCutoffHz + this.options.beta * Math.abs(this.speed[i]);
      const weight = 1 / (1 + 1 / (2 * Math.PI * stepS * cutoff));
      filtered[i] = before[i] + weight * (value[i] - before[i]);
    }
    this.value = filtered;
    return filtered;
  }

  /** Continues in a scale that is larger by this factor; speeds are in units and stay. */
  scale(factor: number): void {
    this.value = this.value?.map((value) => factor * value) ?? null;
  }

  /** Resets the filter: the next value passes unfiltered. */
  reset(): void {
    this.value = null;
  }
}
