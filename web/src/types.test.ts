import { expect, it } from "vitest";

import { frontalFace } from "./testing/faces";
import { shownLabel } from "./types";

it("is the personal label where there is one, else the expression", () => {
  const face = frontalFace({ label: "happiness", confidence: 0.8, sinceS: 2 });
  const personal = { label: "winks", confidence: 0.9, sinceS: 3 };
  expect(shownLabel(face)).toMatchObject({ label: "happiness", confidence: 0.8, sinceS: 2 });
  expect(shownLabel({ ...face, personal })).toBe(personal);
});
