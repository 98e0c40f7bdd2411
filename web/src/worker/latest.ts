/** Latest wins: one thing is worked on, one may wait, and a newer one takes the place of the one that waits. */
export class Latest<T> {
  private busy = false;
  private waiting: T | null = null;
  /** How many were given up for a newer one. */
  dropped = 0;

  /**
   * @param work begins to work on one; `done` is to be called when it is finished.
   * @param discard frees one that is given up.
   */
  constructor(
    private readonly work: (value: T) => void,
    private readonly discard: (value: T) => void,
  ) {}

  submit(value: T): void {
    if (!this.busy) {
      this.busy = true;
      this.work(value);
      return;
    }
    if (this.waiting !== null) {
      this.dropped++;
      this.discard(this.waiting);
    }
    this.waiting = value;
  }

  done(): void {
    const next = this.waiting;
    this.waiting = null;
    this.busy = next !== null;
    if (next !== null) this.work(next);
  }

  /** Gives up what waits. */
  clear(): void {
    if (this.waiting !== null) this.discard(this.waiting);
    this.waiting = null;
  }
}
