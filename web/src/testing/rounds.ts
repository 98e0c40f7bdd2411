/** Rounds for browsers, for tests. */

import type { Round } from "../federated/round";
import { LABEL_SETS } from "../labels";

/** Of features as `taughtFaces` makes them, unless changed. */
export function aRound(changes: Partial<Round> = {}): Round {
  const label_set = changes.label_set ?? "fer2013";
  const { labels } = LABEL_SETS[label_set];
  return {
    round: "1:1:cafe",
    model: { name: "emoar-s", sha256: "ab".repeat(32) },
    label_set,
    labels,
    weights: labels.map((_, k) => Array.from({ length: 128 }, (_, j) => Math.sin(k + j) / 10)),
    bias: labels.map(() => 0),
    clip_norm: 0.5,
    noise: 2,
    lr: 0.1,
    epochs: 3,
    at_least: 20,
    received: 4,
    ...changes,
  };
}
