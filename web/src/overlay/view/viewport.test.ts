import { describe, expect, it } from "vitest";

import { fitFrame, shownPart, toFrame, toView } from "./viewport";

const hd = { widthPx: 1280, heightPx: 720 };

describe("fitFrame", () => {
  it("fills a view of nearly the same shape", () => {
    const viewport = fitFrame(hd, { widthPx: 800, heightPx: 600 }, false);
    expect(viewport.scale).toBeCloseTo(600 / 720);
    expect(viewport.leftPx).toBeCloseTo((800 - 1280 * (600 / 720)) / 2);
    expect(viewport.topPx).toBeCloseTo(0);
    expect(shownPart(viewport)).toEqual([0, 0, 800, 600]);
  });

  it("shows all of the frame where filling would hide too much of it", () => {
    const viewport = fitFrame(hd, { widthPx: 360, heightPx: 780 }, false);
    expect(viewport.scale).toBeCloseTo(360 / 1280);
    const [left, top, right, bottom] = shownPart(viewport);
    expect([left, right]).toEqual([0, 360]);
    expect(bottom - top).toBeCloseTo((360 / 1280) * 720);
  });

  it("can be told to show all", () => {
    expect(fitFrame(hd, { widthPx: 800, heightPx: 600 }, false, "contain").scale).toBeCloseTo(800 / 1280);
  });
});

describe("toView", () => {
  it("puts the frame's left edge on the right when mirrored", () => {
    const viewport = fitFrame(hd, hd, true);
    expect(toView(viewport, -0.5, -0.5)).toEqual([1280, 0]);
    expect(toView(viewport, 1279.5, 719.5)).toEqual([0, 720]);
  });

  it.each([true, false])("is undone by toFrame, mirrored: %s", (mirrored) => {
    const viewport = fitFrame(hd, { widthPx: 777, heightPx: 555 }, mirrored);
    const [x, y] = toFrame(viewport, ...toView(viewport, 123.25, 456.5));
    expect(x).toBeCloseTo(123.25);
    expect(y).toBeCloseTo(456.5);
  });
});
