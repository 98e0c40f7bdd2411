/** A session of one person, for tests: two neutral samples, a marker, then a happy and a skipped one. */

import type { Sample, Session } from "../session/timeline";

const sharesOf = (happy: number): number[] => [1 - happy, happy, 0, 0, 0, 0, 0, 0];

/** @param rawHappy before smoothing; undefined where the face was not classified since the sample before */
const sample = (timeS: number, label: string, happy: number, rawHappy?: number): Sample => ({
  timeS,
  trackId: 1,
  label,
  confidence: 0.8,
  usable: label !== "skipped",
  shares: sharesOf(happy),
  rawShares: rawHappy === undefined ? undefined : sharesOf(rawHappy),
});

export const SESSION: Session = {
  began: new Date(Date.UTC(2026, 0, 2, 3, 4, 5)),
  durationS: 4,
  samples: [sample(0, "neutral", 0.1, 0.2), sample(1, "neutral", 0.1), sample(2, "happiness", 0.9, 1), sample(3, "skipped", 0)],
  markers: [{ timeS: 2, name: "question 2" }],
  neutral: new Map([[1, [0.9, 0.1, 0, 0, 0, 0, 0, 0]]]),
  people: new Map([[1, 1]]),
  names: new Map(),
};
