import { describe, expect, it } from "vitest";

import { FER2013, FERPLUS } from "../labels";
import { aRound } from "../testing/rounds";
import { readOffer, ROUND_SCHEMA } from "./round";

const offer = (open: unknown): unknown => ({ schema: ROUND_SCHEMA, takes_part: true, open });

describe("readOffer", () => {
  it("reads an open round of either label set", () => {
    for (const round of [aRound(), aRound({ label_set: "ferplus" })]) expect(readOffer(offer(round))).toEqual({ open: round });
    expect(aRound().labels).toEqual(FER2013);
    expect(aRound({ label_set: "ferplus" }).labels).toEqual(FERPLUS);
  });

  it("knows that no round is open", () => {
    expect(readOffer(offer(null))).toEqual({ open: undefined });
  });

  it.each([undefined, null, "<html>", [], {}, { schema: ROUND_SCHEMA, takes_part: false, open: null }, { schema: "other/1", takes_part: true }])(
    "finds no offer in %j",
    (document) => {
      expect(readOffer(document)).toBeUndefined();
    },
  );

  it.each([
    { round: 1 },
    { model: undefined },
    { label_set: "personal" },
    { label_set: "toString" },
    { labels: [...FER2013].reverse() },
    { weights: [] },
    { weights: aRound().weights.slice(1) },
    { weights: aRound().weights.map((row, k) => (k === 3 ? row.slice(1) : row)) },
    { weights: aRound().weights.map((row) => row.map(() => NaN)) },
    { bias: [] },
    { clip_norm: 0 },
    { noise: -1 },
    { noise: 1e-9 },
    { clip_norm: 1e-300 },
    { noise: "2" },
    { lr: Infinity },
    { epochs: 1.5 },
    { epochs: 1e5 },
    { at_least: 0 },
    { received: undefined },
  ])("takes no round with %j", (changes) => {
    expect(readOffer(offer({ ...aRound(), ...changes }))).toEqual({ open: undefined });
  });
});
