/** Times the stages of each frame. */

import type { Stage } from "../types";

type StageMs = Record<Exclude<Stage, "total">, number>;

const NOTHING: Readonly<StageMs> = { detect: 0, mesh: 0, track: 0, pose: 0, classify: 0, smooth: 0 };

/** Each moment counts for the innermost stage that is being measured, so that the stages add up to the total. */
export class Stopwatch {
  private startedMs: number;
  private spentMs: StageMs = { ...NOTHING };
  /** What inner stages have used of each stage that is being measured. */
  private readonly innerMs: number[] = [];

  /** @param now a clock in milliseconds. */
  constructor(private readonly now: () => number = () => performance.now()) {
    this.startedMs = now();
  }

  /** Begins a new frame: every stage is at 0 ms. */
  restart(): void {
    this.spentMs = { ...NOTHING };
    this.startedMs = this.now();
  }

  /** Does the work of a stage; its time adds to the stage's time in this frame. */
  async measure<T>(stage: keyof StageMs, work: () => T | Promise<T>): Promise<T> {
    const startedMs = this.now();
    this.innerMs.push(0);
    try {
      return await work();
    } finally {
      const tookMs = this.now() - startedMs;
      this.spentMs[stage] += tookMs - this.innerMs.pop()!;
      if (this.innerMs.length > 0) this.innerMs[this.innerMs.length - 1] += tookMs;
    }
  }

  /** Milliseconds of each stage in this frame, and `total` since the frame began. */
  get timingsMs(): Readonly<Record<Stage, number>> {
    return { ...this.spentMs, total: this.now() - this.startedMs };
  }
}
