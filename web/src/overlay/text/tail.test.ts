import { describe, expect, it } from "vitest";

import type { Box } from "../../maths/geometry";
import { tailLine, tailOutline } from "./tail";

const BOX: Box = [100, 100, 200, 140];

describe("tailLine", () => {
  const em = 10;
  const site = (top: number) => ({ face: [120, top, 180, top + 80] as Box, mouth: [150, top + 60] as const, em });

  it("goes straight towards the mouth, from the bubble to the edge of the face", () => {
    expect(tailLine(BOX, site(160))).toEqual([[150, 140], [150, 160]]);
    const [, [x, y]] = tailLine([0, 100, 90, 140], site(100))!;
    expect(x).toBeCloseTo(120); // the left edge of the face
    expect(y).toBeGreaterThan(140);
  });

  it("is not longer than a part of the face", () => {
    expect(tailLine(BOX, site(1140))).toEqual([[150, 140], [150, 172]]);
  });

  it("does not exist where the bubble covers the face, or nearly", () => {
    expect(tailLine(BOX, site(120))).toBeUndefined();
    expect(tailLine(BOX, site(141))).toBeUndefined();
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
