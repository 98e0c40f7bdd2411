/** A person's face at rest, held for three seconds: later measures are relative to it. */

import { UNSURE } from "../labels";
import type { Face, Scene } from "../types";
import { measure, meanMeasures, type Measures } from "./measures";

export const CALIBRATION_S = 3;
/** How long people who are ready wait for the others: somebody may stay turned away. */
const PATIENCE_S = 4;
/** A face that had another expression than at rest for more than this share of the time moved. */
const MOST_MOVED = 0.25;
/** With fewer faces the mean would be too noisy. */
const LEAST_FACES = 10;

export interface Neutral {
  readonly measures: Measures;
  /** (8,) mean FER+ probabilities of the face at rest. */
  readonly ferplus: Float32Array;
  /** The expression that it had, where that was not of a face at rest; some faces are always read so. */
  readonly seenAs: string | undefined;
}

/** Collects the faces of one track while the time runs. */
export class Calibration {
  readonly #measures: Measures[] = [];
  readonly #shares = new Float64Array(8);
  readonly #labels = new Map<string, number>();
  #beganS: number | undefined;
  #endedS = 0;

  /** 0..1; only usable faces count, so that it waits for a person who turns away. */
  get progress(): number {
    return this.#beganS === undefined ? 0 : Math.min((this.#endedS - this.#beganS) / CALIBRATION_S, 1);
  }

  /** Time at which the three seconds were over. */
  get doneS(): number | undefined {
    return this.done ? this.#endedS : undefined;
  }

  get done(): boolean {
    return this.progress >= 1 && this.#measures.length >= LEAST_FACES;
  }

  add(face: Face, timeS: number): void {
    if (this.done || !face.quality.usable) return;
    this.#beganS ??= timeS;
    this.#endedS = timeS;
    this.#measures.push(measure(face.landmarksPx, face.pose));
    const { label } = face.expression;
    this.#labels.set(label, (this.#labels.get(label) ?? 0) + 1);
    face.expression.ferplus.forEach((share, i) => (this.#shares[i] += share));
  }

  /** The mean of the collected faces; undefined until it is done. */
  result(): Neutral | undefined {
    if (!this.done) return undefined;
    return {
      measures: meanMeasures(this.#measures),
      ferplus: Float32Array.from(this.#shares, (sum) => sum / this.#measures.length),
      seenAs: this.#seenAs(),
    };
  }

  #seenAs(): string | undefined {
    const others = [...this.#labels].filter(([label]) => label !== "neutral" && label !== UNSURE).sort(([, a], [, b]) => b - a);
    const moved = others.reduce((sum, [, count]) => sum + count, 0);
    return moved > MOST_MOVED * this.#measures.length ? others[0][0] : undefined;
  }
}

/** The calibrations of everybody in view. */
export class Calibrations {
  readonly #all = new Map<number, Calibration>();

  /** 0..1, of who is furthest. */
  get progress(): number {
    return Math.max(0, ...[...this.#all.values()].map(({ progress }) => progress));
  }

  /** Adds the faces of a scene, whose tracks are `tracks`; whether that was the last one needed. */
  add({ faces, timeS }: Pick<Scene, "faces" | "timeS">, tracks: readonly number[]): boolean {
    faces.forEach((face, i) => {
      const one = this.#all.get(tracks[i]) ?? new Calibration();
      this.#all.set(tracks[i], one);
      one.add(face, timeS);
    });
    return calibrated(this.#all, tracks, timeS);
  }

  /** By track, of those who are done. */
  results(): Map<number, Neutral> {
    return new Map([...this.#all].flatMap(([track, one]) => (one.done ? [[track, one.result()!] as const] : [])));
  }
}

/** Whether a session may begin: everybody in view is ready, or somebody is and has waited long enough for the others. */
export function calibrated(all: ReadonlyMap<number, Calibration>, inView: readonly number[], timeS: number): boolean {
  const doneS = [...all.values()].flatMap(({ doneS }) => doneS ?? []);
  if (doneS.length === 0) return false;
  return inView.every((trackId) => all.get(trackId)?.done) || timeS - Math.min(...doneS) > PATIENCE_S;
}
