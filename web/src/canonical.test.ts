import { expect, test } from "vitest";

import { CANONICAL_FACE, LANDMARK_COUNT } from "./canonical";

test("the canonical face has the points, coordinates and triangles of the mesh", () => {
  const { verticesCm, uv, triangles } = CANONICAL_FACE;
  expect([verticesCm.length, uv.length, triangles.length]).toEqual([3 * LANDMARK_COUNT, 2 * LANDMARK_COUNT, 3 * 898]);
  expect(Math.max(...triangles)).toBe(LANDMARK_COUNT - 1);
  expect(Math.min(...uv)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...uv)).toBeLessThanOrEqual(1);
});

test("its triangles are counter-clockwise from the front", () => {
  const { verticesCm: v, triangles } = CANONICAL_FACE;
  let area = 0; // seen from the front; triangles at the rim may turn away
  for (let i = 0; i < triangles.length; i += 3) {
    const [a, b, c] = [3 * triangles[i], 3 * triangles[i + 1], 3 * triangles[i + 2]];
    area += (v[b] - v[a]) * (v[c + 1] - v[a + 1]) - (v[b + 1] - v[a + 1]) * (v[c] - v[a]);
  }
  expect(area).toBeGreaterThan(100);
});
