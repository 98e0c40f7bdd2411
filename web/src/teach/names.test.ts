import { expect, it } from "vitest";

import { taughtFaces } from "../testing/taught";
import { train } from "../personal/train";
import { isFromFile } from "./names";

it("isFromFile is true of a head whose faces are not here", () => {
  const model = { name: "emoar-s", sha256: "0".repeat(64) };
  const labels = [1, 2].map((place) => ({ name: `${place}`, faces: taughtFaces(place, 5) }));
  const head = train(labels, model);
  expect(isFromFile({ model, labels, head })).toBe(false);
  expect(isFromFile({ model, labels: labels.map(({ name }) => ({ name, faces: [] })), head })).toBe(true);
  expect(isFromFile({ model, labels: [] })).toBe(false);
});
