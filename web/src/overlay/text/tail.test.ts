import { describe, expect, it } from "vitest";

import type { Box } from "../../maths/geometry";
import { tailOutline, tailTip } from "./tail";

const BOX: Box = [100, 100, 200, 140];

describe("tailTip", () => {
  it("ends short of the mouth, on the straight line from the bubble", () => {
    expect(tailTip(BOX, [150, 240], 50)).toEqual([150, 190]);
  });

  it("is not longer than a little more than the distance that it keeps", () => {
    expect(tailTip(BOX, [150, 1140], 50)).toEqual([150, 200]);
  });

  it("does not exist where the bubble covers the mouth, or nearly", () => {
    expect(tailTip(BOX, [150, 120], 50)).toBeUndefined();
    expect(tailTip(BOX, [150, 190], 50)).toBeUndefined();
  });
});

describe("tailOutline", () => {
  const outline = tailOutline(BOX, [150, 190], 10);

  it("starts inside the bubble, as wide as its base", () => {
    const [[x0, y0], [x1, y1]] = outline;
    expect(Math.hypot(x1 - x0, y1 - y0)).toBeCloseTo(11.5);
    expect((y0 + y1) / 2).toBeLessThan(BOX[3]);
    expect((x0 + x1) / 2).toBeCloseTo(150);
  });

  it("ends in the tip", () => {
    for (const [x, y] of outline.slice(-2)) {
      expect(x).toBeCloseTo(150);
      expect(y).toBeCloseTo(190);
    }
  });

  it("does not start at a corner", () => {
    const [[x0], [x1]] = tailOutline(BOX, [90, 190], 10);
    expect((x0 + x1) / 2).toBeCloseTo(117);
  });
});
