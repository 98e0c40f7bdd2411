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

  it("fills a phone that is held upright, around what must be shown", () => {
    const phone = { widthPx: 360, heightPx: 780 };
    const viewport = fitFrame(hd, phone, false, "auto", [0.7, 0.3, 0.8, 0.7]);
    expect(shownPart(viewport)).toEqual([0, 0, 360, 780]);
    expect(toView(viewport, 0.75 * 1280 - 0.5, 0)[0]).toBeCloseTo(180);
  });

  it("cuts nothing off outside the frame", () => {
    const phone = { widthPx: 360, heightPx: 780 };
    expect(fitFrame(hd, phone, false, "auto", [0, 0.3, 0.1, 0.7]).leftPx).toBe(0);
    const { leftPx, scale } = fitFrame(hd, phone, false, "auto", [0.9, 0.3, 1, 0.7]);
    expect(leftPx + scale * 1280).toBeCloseTo(360);
  });

  it("is smaller where what must be shown is wider than the view, and never smaller than the frame", () => {
    const phone = { widthPx: 360, heightPx: 780 };
    expect(fitFrame(hd, phone, false, "auto", [0.2, 0.3, 0.7, 0.7]).scale).toBeCloseTo(360 / (0.5 * 1280));
    const all = fitFrame(hd, phone, false, "auto", [0, 0, 1, 1]);
    expect(all.scale).toBeCloseTo(360 / 1280);
    expect(all.topPx).toBeCloseTo((780 - 720 * (360 / 1280)) / 2);
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
    const viewport = fitFrame(hd, { widthPx: 377, heightPx: 555 }, mirrored, "auto", [0.7, 0.2, 0.8, 0.5]);
    const [x, y] = toFrame(viewport, ...toView(viewport, 123.25, 456.5));
    expect(x).toBeCloseTo(123.25);
    expect(y).toBeCloseTo(456.5);
  });
});
