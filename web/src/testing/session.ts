/** A session of one person, for tests: two neutral samples, a marker, then a happy and a skipped one. */

import type { Sample, Session } from "../session/timeline";

const sample = (timeS: number, label: string, happy: number): Sample => ({
  timeS,
  trackId: 1,
  label,
  confidence: 0.8,
  usable: label !== "skipped",
  shares: [1 - happy, happy, 0, 0, 0, 0, 0, 0],
});

export const SESSION: Session = {
  began: new Date(Date.UTC(2026, 0, 2, 3, 4, 5)),
  durationS: 4,
  samples: [sample(0, "neutral", 0.1), sample(1, "neutral", 0.1), sample(2, "happiness", 0.9), sample(3, "skipped", 0)],
  markers: [{ timeS: 2, name: "question 2" }],
  neutral: new Map([[1, [0.9, 0.1, 0, 0, 0, 0, 0, 0]]]),
  people: new Map([[1, 1]]),
  names: new Map(),
};
