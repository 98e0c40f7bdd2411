import { describe, expect, it } from "vitest";

import type { Box } from "../maths/geometry";
import { bestCorner, type Corner, cornerBox, CORNERS } from "./corner";

const EDGES = { side: 10, top: 20, bottom: 100 };
const boxes = Object.fromEntries(CORNERS.map((corner) => [corner, cornerBox(corner, [100, 80], [400, 600], EDGES, false)])) as Record<Corner, Box>;

describe("cornerBox", () => {
  it("keeps its distance from the edges", () => {
    expect(boxes["top end"]).toEqual([290, 20, 390, 100]);
    expect(boxes["bottom start"]).toEqual([10, 420, 110, 500]);
  });

  it("starts at the right in languages that are read from the right", () => {
    expect(cornerBox("top end", [100, 80], [400, 600], EDGES, true)).toEqual(boxes["top start"]);
  });
});

describe("bestCorner", () => {
  it("stays while it covers no face", () => {
    for (const corner of CORNERS) expect(bestCorner(boxes, [[150, 150, 250, 300]], corner)).toBe(corner);
  });

  it("leaves a face", () => {
    expect(bestCorner(boxes, [[280, 60, 400, 200]], "top end")).toBe("top start");
    expect(bestCorner(boxes, [[0, 60, 400, 200]], "top end")).toBe("bottom end");
  });

  it("covers least where no corner is free", () => {
    expect(bestCorner(boxes, [[0, 0, 400, 440]], "top end")).toBe("bottom end");
  });
});
