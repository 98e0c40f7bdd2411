import { expect, it } from "vitest";

import { CANONICAL_FACE } from "../../canonical";
import { SKULL_MIDDLE, SKULL_RADII } from "./occluder";

it("the skull is behind every point of the face: it would hide the paint round the eyes", () => {
  const { verticesCm } = CANONICAL_FACE;
  for (let i = 0; i < verticesCm.length; i += 3) {
    const [across, up] = [0, 1].map((axis) => (verticesCm[i + axis] - SKULL_MIDDLE[axis]) / SKULL_RADII[axis]);
    const inside = 1 - across ** 2 - up ** 2;
    if (inside > 0) expect(verticesCm[i + 2]).toBeGreaterThan(SKULL_MIDDLE[2] + SKULL_RADII[2] * Math.sqrt(inside) + 0.2);
  }
});
