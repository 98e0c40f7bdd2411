import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

import { PersonalHead, readHead } from "./head";

/** Features of stored crops, and what a head makes of them, as Python has computed it (scripts/write_golden.py). */
interface Golden {
  readonly heads: Readonly<Record<string, unknown>>;
  readonly faces: readonly { readonly picture: string; readonly features: Readonly<Record<string, number[]>>; readonly probabilities: Readonly<Record<string, number[]>> }[];
}

const { heads, faces } = JSON.parse(readFileSync(new URL("../../../tests/golden/personal/faces.json", import.meta.url), "utf8")) as Golden;
const cases = Object.keys(heads).flatMap((model) => faces.map((face) => [model, face.picture, face] as const));

it.each(cases)("the golden head of %s gives Python's probabilities of %s", (model, _, face) => {
  const head = new PersonalHead(readHead(JSON.stringify(heads[model])));
  const found = [...head.probabilities(Float32Array.from(face.features[model]))].slice(0, -1);
  found.forEach((share, i) => expect(share).toBeCloseTo(face.probabilities[model][i], 2));
  expect(found).toHaveLength(face.probabilities[model].length);
});
