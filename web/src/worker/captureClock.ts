/** The times of a stream's frames on another clock. */

/** How fast the distance of the two clocks may grow: a clock that is off by so much is far from any real one. */
const DRIFT = 1e-3;

/**
 * Frames carry the time of their capture on a clock with an unknown zero. What arrives with the least delay so far shows
 * where the zero is: later by that delay, which is about a millisecond.
 */
export class CaptureClock {
  private offsetS = Infinity;
  private arrivedS = 0;

  /**
   * @param stampS on the stream's clock
   * @param arrivedS on the other clock
   * @returns the capture on the other clock
   */
  captured(stampS: number, arrivedS: number): number {
    const mostS = this.offsetS + DRIFT * (arrivedS - this.arrivedS);
    this.arrivedS = arrivedS;
    this.offsetS = Number.isFinite(mostS) ? Math.min(mostS, arrivedS - stampS) : arrivedS - stampS;
    return stampS + this.offsetS;
  }
}
