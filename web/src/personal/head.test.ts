import { describe, expect, it } from "vitest";

import { type HeadDocument, isLabel, PERSONAL_SCHEMA, PersonalHead, readHead, writeHead } from "./head";

const HEAD: HeadDocument = {
  schema: PERSONAL_SCHEMA,
  model: { name: "emoar-s", sha256: "ab".repeat(32) },
  labels: ["neutral", "winks"],
  weights: [[1, 0, 0.5], [0, 2, -0.5]],
  bias: [0.1, -0.1],
  faces: [5, 6],
  rejection: { centres: [[1, 0, 0], [0, 1, 0]], radii: [0.5, 0.5] },
};

describe("PersonalHead", () => {
  it("gives softmax(weights @ features + bias), and at last the probability of none", () => {
    const head = new PersonalHead({ ...HEAD, rejection: null });
    expect(head.labels).toEqual(["neutral", "winks", "unsure"]);
    const [neutral, winks, none] = head.probabilities(Float32Array.of(1, 0, 2));
    const [a, b] = [Math.exp(2.1), Math.exp(-1.1)];
    expect([neutral, winks, none]).toEqual([expect.closeTo(a / (a + b), 6), expect.closeTo(b / (a + b), 6), 0]);
  });

  it.each([
    ["at a centre", [0, 1, 0], 0],
    ["at the radius", [0, 1, 0.5], 0.5],
    ["at twice the radius", [0, 1, 1], 1],
  ])("%s the probability of none is about right", (_, features, none) => {
    const probabilities = new PersonalHead(HEAD).probabilities(Float32Array.from(features));
    expect(probabilities[2]).toBeCloseTo(none, 3);
    expect(probabilities.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 6);
  });
});

describe("readHead", () => {
  it("reads what writeHead writes", () => {
    expect(readHead(writeHead(HEAD))).toEqual(HEAD);
  });

  it("needs neither faces nor a rejection", () => {
    const { schema, model, labels, weights, bias } = HEAD;
    const least = { schema, model, labels, weights, bias };
    expect(readHead(JSON.stringify(least))).toEqual(least);
    expect(readHead(JSON.stringify({ ...HEAD, faces: null, rejection: null }))).toMatchObject({ labels: HEAD.labels });
  });

  const changed = (change: object): string => JSON.stringify({ ...HEAD, ...change });
  it.each([
    ["no JSON", "{", "not_a_head"],
    ["a list", "[]", "not_a_head"],
    ["another document", '{"schema": "emoar.session/1"}', "not_a_head"],
    ["a newer version", changed({ schema: "emoar.personal/2" }), "newer_head"],
    ["a model without a hash", changed({ model: { name: "emoar-s" } }), "damaged_head"],
    ["a model without a name", changed({ model: { ...HEAD.model, name: "" } }), "damaged_head"],
    ["a model with a name of a whole page", changed({ model: { ...HEAD.model, name: "x".repeat(201) } }), "damaged_head"],
    ["a hash that is a list", changed({ model: { ...HEAD.model, sha256: [HEAD.model.sha256] } }), "damaged_head"],
    ["an unknown field", changed({ temperature: 2 }), "damaged_head"],
    ["an unknown field of the model", changed({ model: { ...HEAD.model, version: 2 } }), "damaged_head"],
    ["an unknown field of the rejection", changed({ rejection: { ...HEAD.rejection, power: 2 } }), "damaged_head"],
    ["a file that is too large", changed({}) + " ".repeat(4_000_000), "not_a_head"],
    ["one label", changed({ labels: ["winks"] }), "damaged_head"],
    ["a label twice", changed({ labels: ["winks", "winks"] }), "damaged_head"],
    ["a label of control characters", changed({ labels: ["winks", "\u202enekniw"] }), "damaged_head"],
    ["a label that means none", changed({ labels: ["winks", "unsure"] }), "damaged_head"],
    ["rows of unequal length", changed({ weights: [[1, 0, 0.5], [0, 2]] }), "damaged_head"],
    ["too few rows", changed({ weights: [[1, 0, 0.5]] }), "damaged_head"],
    ["no features", changed({ weights: [[], []] }), "damaged_head"],
    ["text among the numbers", changed({ bias: [0, "1"] }), "damaged_head"],
    ["numbers that overflow", changed({ bias: [0, 1e9] }), "damaged_head"],
    ["centres of another width", changed({ rejection: { centres: [[1], [2]], radii: [1, 1] } }), "damaged_head"],
    ["a radius of 0", changed({ rejection: { ...HEAD.rejection, radii: [1, 0] } }), "damaged_head"],
    ["half a face", changed({ faces: [5, 0.5] }), "damaged_head"],
  ])("refuses %s", (_, text, key) => {
    expect(() => readHead(text)).toThrow(`teach.${key}`);
  });
});

it.each([
  ["winks", true],
  ["zwinkert 😉", true],
  ["x".repeat(40), true],
  ["😉".repeat(40), true],
  ["x".repeat(41), false],
  ["", false],
  [" winks", false],
  ["unsure", false],
  ["two\nlines", false],
])("isLabel of %j is %s", (text, expected) => {
  expect(isLabel(text)).toBe(expected);
});
