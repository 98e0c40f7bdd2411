/** Rates and times over the last two seconds. */

import type { Scene, Stage as StageName } from "../types";

export interface Stats {
  readonly inferenceFps: number;
  readonly drawingFps: number;
  /** 95th percentile of the time between two drawn frames. */
  readonly gapP95Ms: number;
  /** From capture to the drawing of what was found. */
  readonly delayMs: number;
  readonly stagesMs: Readonly<Partial<Record<StageName, number>>>;
}

const WINDOW_S = 2;

export class StatsMeter {
  #drawn: number[] = [];
  #scenes: number[] = [];
  #delaysMs: number[] = [];
  #stages: Partial<Record<StageName, number>> = {};

  drew(nowS: number): void {
    this.#drawn.push(nowS);
    while (this.#drawn[0] < nowS - WINDOW_S) this.#drawn.shift();
  }

  found(scene: Scene, nowS: number): void {
    this.#scenes.push(nowS);
    this.#delaysMs.push(1000 * (nowS - scene.timeS));
    while (this.#scenes[0] < nowS - WINDOW_S) {
      this.#scenes.shift();
      this.#delaysMs.shift();
    }
    for (const [name, ms] of Object.entries(scene.timingsMs) as [StageName, number][]) {
      const before = this.#stages[name];
      this.#stages[name] = before === undefined ? ms : before + 0.1 * (ms - before);
    }
  }

  read(): Stats {
    const gaps = this.#drawn.slice(1).map((time, i) => 1000 * (time - this.#drawn[i]));
    return {
      inferenceFps: rate(this.#scenes),
      drawingFps: rate(this.#drawn),
      gapP95Ms: quantile(gaps, 0.95),
      delayMs: quantile(this.#delaysMs, 0.5),
      stagesMs: { ...this.#stages },
    };
  }
}

function rate(timesS: readonly number[]): number {
  if (timesS.length < 2) return 0;
  return (timesS.length - 1) / Math.max(timesS[timesS.length - 1] - timesS[0], 1e-6);
}

/** The value below which that share of the values lies; 0 of none. */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) return 0;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(Math.floor(share * sorted.length), sorted.length - 1)];
}
