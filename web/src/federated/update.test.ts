import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

import { FER2013, FERPLUS, LABEL_SETS } from "../labels";
import { aRound } from "../testing/rounds";
import { taughtFaces } from "../testing/taught";
import { changeOf, clipped, makeUpdate, usable, type UpdateDocument } from "./update";

/** What Python's client makes of faces of three labels (tests/federated/gateway/test_privacy.py). */
interface Training {
  readonly lr: number;
  readonly epochs: number;
  readonly labels: readonly number[];
  readonly features: readonly number[][];
  readonly weights: readonly number[][];
  readonly bias: readonly number[];
  readonly trained_weights: readonly number[][];
  readonly trained_bias: readonly number[];
}

const { training } = JSON.parse(readFileSync(new URL("../../../tests/golden/federated/updates.json", import.meta.url), "utf8")) as { training: Training };

const taught = [
  { name: "happiness", faces: taughtFaces(1, 10) },
  { name: "neutral", faces: taughtFaces(2, 6) },
  { name: "winks", faces: taughtFaces(3, 10) },
  { name: "sadness", faces: taughtFaces(4, 4) },
  { name: "contempt", faces: taughtFaces(5, 5) },
];
const numbers = ({ weights, bias }: UpdateDocument): number[] => [...weights.flat(), ...bias];
const norm = (values: readonly number[] | Float64Array): number => Math.sqrt([...values].reduce((sum, value) => sum + value ** 2, 0));

describe("usable", () => {
  it("takes labels of the head with enough faces, and never an own name", () => {
    expect(usable(taught, aRound()).map(({ name }) => name)).toEqual(["happiness", "neutral"]);
    expect(usable(taught, aRound({ label_set: "ferplus" })).map(({ name }) => name)).toEqual(["happiness", "neutral", "contempt"]);
  });

  it("takes no features of another model", () => {
    const narrow = aRound();
    expect(usable(taught, { ...narrow, weights: narrow.weights.map((row) => row.slice(1)) })).toEqual([]);
  });
});

describe("changeOf", () => {
  it("is what Python's client computes", () => {
    const { categories } = LABEL_SETS.fer2013;
    const places = [...new Set(training.labels)];
    const labels = places.map((k) => ({
      name: categories[k],
      faces: training.features.filter((_, n) => training.labels[n] === k).map((row) => Float32Array.from(row)),
    }));
    const { lr, epochs, weights, bias } = training;
    const change = changeOf(labels, aRound({ lr, epochs, weights, bias }));
    const expected = training.trained_weights.flatMap((row, k) => [...row.map((value, j) => value - weights[k][j]), training.trained_bias[k] - bias[k]]);
    expect(change).toHaveLength(expected.length);
    change.forEach((value, i) => expect(value).toBeCloseTo(expected[i], 5));
    expect(norm(change)).toBeGreaterThan(0.1);
  });
});

describe("clipped", () => {
  it("keeps what is short enough, and shortens the rest", () => {
    const short = Float64Array.of(0.3, -0.4);
    expect(clipped(short, 0.5)).toBe(short);
    expect([...clipped(Float64Array.of(3, -4), 0.5)]).toEqual([0.3, -0.4].map((value) => expect.closeTo(value, 12)));
    expect([...clipped(Float64Array.of(NaN, 1), 0.5)]).toEqual([0, 0]);
    expect([...clipped(Float64Array.of(Infinity, 1), 0.5)]).toEqual([0, 0]);
  });
});

describe("makeUpdate", () => {
  const none = (count: number): Uint32Array => new Uint32Array(count); // noise of 0

  it("is the clipped change where there were no noise", () => {
    const round = aRound({ lr: 10 });
    const update = makeUpdate(taught, round, none)!;
    expect(norm(numbers(update))).toBeCloseTo(round.clip_norm, 2);
    const change = clipped(changeOf(usable(taught, round), round), round.clip_norm);
    const happy = LABEL_SETS.fer2013.categories.indexOf("happiness");
    update.weights[happy].forEach((value, j) => expect(value).toBeCloseTo(change[129 * happy + j], 2));
  });

  it("has the noise that the round asks for, whatever was taught", () => {
    const round = aRound({ noise: 3 });
    const [first, second] = [makeUpdate(taught, round)!, makeUpdate(taught, round)!];
    const expected = 3 * 0.5 * Math.sqrt(129 * 7);
    for (const update of [first, second]) {
      expect(norm(numbers(update))).toBeGreaterThan(0.85 * expected);
      expect(norm(numbers(update))).toBeLessThan(1.15 * expected);
    }
    expect(first.id).not.toBe(second.id);
    expect(numbers(first)).not.toEqual(numbers(second));
  });

  it("sends the round, the model and the numbers, and nothing else", () => {
    const update = makeUpdate(taught, aRound())!;
    expect(Object.keys(update).sort()).toEqual(["bias", "id", "model", "round", "schema", "weights"]);
    expect(update.id).toMatch(/^[0-9a-f]{32}$/);
    expect([update.weights.length, update.weights[0].length, update.bias.length]).toEqual([7, 128, 7]);
    expect(JSON.stringify(update)).not.toMatch(new RegExp(["winks", ...FER2013, ...FERPLUS].join("|")));
  });

  it("shows no digits below the grid of its noise", () => {
    const round = aRound({ noise: 2 });
    const step = 2 ** Math.floor(Math.log2((2 * 0.5) / 1024));
    for (const value of numbers(makeUpdate(taught, round)!)) expect(value / step).toBeCloseTo(Math.round(value / step), 4);
  });

  it("needs two expressions of the head", () => {
    expect(makeUpdate(taught.slice(0, 1), aRound())).toBeUndefined();
    expect(makeUpdate([taught[0], taught[2]], aRound())).toBeUndefined();
    expect(makeUpdate([], aRound())).toBeUndefined();
  });
});
