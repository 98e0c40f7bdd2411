/** Expressions over time: samples, markers, and the segments between markers. No pictures. */

import { FERPLUS, UNSURE } from "../labels";
import type { Face } from "../types";

export interface Sample {
  /** From the beginning of the session. */
  readonly timeS: number;
  /** As in `Sighting`. */
  readonly trackId: number;
  readonly label: string;
  readonly confidence: number;
  /** Whether the face was usable. */
  readonly usable: boolean;
  /** (8,) in the order of `labels.FERPLUS`. */
  readonly shares: readonly number[];
  /** (8,) before smoothing; undefined where the face was not classified since the sample before. */
  readonly rawShares: readonly number[] | undefined;
}

export interface Marker {
  readonly timeS: number;
  readonly name: string;
}

export interface Session {
  /** When it began, on the wall clock. */
  readonly began: Date;
  readonly durationS: number;
  readonly samples: readonly Sample[];
  readonly markers: readonly Marker[];
  /** By track id: mean probabilities of the face at rest, for people with a calibration. */
  readonly neutral: ReadonlyMap<number, readonly number[]>;
  /** By track id: the number of the person. */
  readonly people: ReadonlyMap<number, number>;
  /** By person, where the visitor gave one. */
  readonly names: ReadonlyMap<number, string>;
}

export interface Segment {
  readonly name: string;
  readonly startS: number;
  readonly endS: number;
  readonly people: readonly PersonSummary[];
}

export interface PersonSummary {
  readonly person: number;
  readonly samples: number;
  /** Share of the samples with each label, `unsure` and `skipped` included. */
  readonly labelShares: Readonly<Record<string, number>>;
  /** (8,) mean probabilities of the usable samples. */
  readonly meanShares: readonly number[];
  /** (8,) the same, minus those of the person's face at rest; undefined without a calibration. */
  readonly changes: readonly number[] | undefined;
  /** How often the label changed. */
  readonly labelChanges: number;
}

export const SKIPPED = "skipped";
/** Ten samples a second are more than expressions change. */
const EVERY_S = 0.1;

/** (8,) probabilities before smoothing, by track. */
export type RawShares = ReadonlyMap<number, readonly number[]>;

/**
 * Of each face in view, those of the newest frame in which it was classified. Faces are classified in some frames, and
 * sampled in others: at some rates of frames the two would never meet.
 *
 * @param before the result of the frame before; empty after a sample
 */
export function newestRaw(before: RawShares, faces: readonly Face[], tracks: readonly number[]): RawShares {
  return new Map(
    faces.flatMap(({ quality, expression: { rawProbabilities } }, i) => {
      const newest = rawProbabilities ? [...rawProbabilities.ferplus] : before.get(tracks[i]);
      return quality.usable && newest ? [[tracks[i], newest] as const] : [];
    }),
  );
}

/** Samples of the faces of a scene, whose tracks are `tracks`, if it is far enough from the last one. */
export function samplesOf(
  faces: readonly Face[],
  tracks: readonly number[],
  raw: RawShares,
  timeS: number,
  lastS: number | undefined,
): Sample[] {
  if (timeS < 0 || (lastS !== undefined && timeS - lastS < EVERY_S - 1e-6)) return [];
  return faces.map((face, i) => ({
    timeS,
    trackId: tracks[i],
    label: face.quality.usable ? face.expression.label : SKIPPED,
    confidence: face.expression.confidence,
    usable: face.quality.usable,
    shares: [...face.expression.ferplus],
    rawShares: raw.get(tracks[i]),
  }));
}

/** The parts of a session: from its beginning to the first marker, and from each marker to the next. */
export function segmentsOf(session: Session, firstName: string): Segment[] {
  const markers = [...session.markers].sort((a, b) => a.timeS - b.timeS);
  const starts = [{ timeS: 0, name: firstName }, ...markers];
  return starts
    .map((start, i) => ({ name: start.name, startS: start.timeS, endS: starts[i + 1]?.timeS ?? session.durationS }))
    .filter(({ startS, endS }) => endS > startS)
    .map((part) => ({ ...part, people: summarise(session, part.startS, part.endS) }));
}

/** The persons of these samples, in the order of their numbers. */
export function personsIn(samples: readonly Sample[], people: Session["people"]): number[] {
  return [...new Set(samples.map(({ trackId }) => people.get(trackId)!))].sort((a, b) => a - b);
}

/** The persons who were never in the picture together with that one: they may be the same. */
export function maybeSame({ samples, people }: Pick<Session, "samples" | "people">, person: number): number[] {
  const times = new Set(samples.filter(({ trackId }) => people.get(trackId) === person).map(({ timeS }) => timeS));
  const together = new Set(samples.filter(({ timeS }) => times.has(timeS)).map(({ trackId }) => people.get(trackId)!));
  return personsIn(samples, people).filter((other) => !together.has(other));
}

function summarise(session: Session, startS: number, endS: number): PersonSummary[] {
  const { people } = session;
  const inside = session.samples.filter(({ timeS }) => timeS >= startS && timeS < endS);
  return personsIn(inside, people).map((person) => {
    const own = inside.filter(({ trackId }) => people.get(trackId) === person);
    const meanShares = meanOf(own.filter(({ usable }) => usable));
    const rest = [...session.neutral].find(([trackId]) => people.get(trackId) === person)?.[1];
    return {
      person,
      samples: own.length,
      labelShares: countShares(own.map(({ label }) => label)),
      meanShares,
      changes: own.some(({ usable }) => usable) ? rest?.map((share, i) => meanShares[i] - share) : undefined,
      labelChanges: own.slice(1).filter(({ label }, i) => label !== own[i].label).length,
    };
  });
}

function meanOf(samples: readonly Sample[]): number[] {
  return FERPLUS.map((_, i) => samples.reduce((sum, { shares }) => sum + shares[i], 0) / Math.max(samples.length, 1));
}

function countShares(labels: readonly string[]): Record<string, number> {
  const names = [...FERPLUS, UNSURE, SKIPPED];
  const counted = names.map((name) => [name, labels.filter((label) => label === name).length / labels.length] as const);
  return Object.fromEntries(counted.filter(([, share]) => share > 0));
}
