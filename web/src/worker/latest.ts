/** Latest wins: one value is in work, one may wait, and a newer one replaces the waiting one. */
export class Latest<T> {
  busy = false;
  private waiting: T | null = null;
  /** How many were replaced by a newer one. */
  dropped = 0;

  /**
   * @param work starts work on a value; `done` is to be called when it is finished.
   * @param discard frees a value that is replaced.
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

  /** Discards the waiting value. */
  clear(): void {
    if (this.waiting !== null) this.discard(this.waiting);
    this.waiting = null;
  }
}
