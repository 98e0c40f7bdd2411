import { expect, test } from "vitest";

import { CANONICAL_FACE } from "../../canonical";
import { EYES_AND_MOUTH, NOSE_TIP } from "../../faceLandmarks";
import { openTriangles } from "./facePaint";

test("paint leaves out the triangles inside eyes and mouth, and no others", () => {
  const open = openTriangles();
  // an outline of n points is closed by n - 2 triangles
  const closed = EYES_AND_MOUTH.reduce((sum, outline) => sum + outline.length - 2, 0);
  expect(open.length).toBe(CANONICAL_FACE.triangles.length - 3 * closed);
  expect([...open]).toContain(NOSE_TIP);
});
