import { describe, expect, it } from "vitest";

import type { ContentPack } from "../content/pack";
import { DEFAULT_OVERLAYS, isEnabled, onlyOverlays, OVERLAYS, type OverlaySpec } from "./overlays";

const PACK = { id: "default" } as ContentPack;

describe("the table of overlays", () => {
  it("has each name once", () => {
    expect(new Set(OVERLAYS.map(({ name }) => name)).size).toBe(OVERLAYS.length);
  });

  it("gives the defaults", () => {
    const on = Object.entries(DEFAULT_OVERLAYS).filter(([, shown]) => shown);
    expect(on.map(([name]) => name)).toEqual(["label", "quote", "object"]);
  });

  it("draws every row", () => {
    const rows: readonly OverlaySpec[] = OVERLAYS;
    const parts = rows.flatMap((spec) => spec.parts ?? []);
    for (const { name, layer, text } of rows) expect(Boolean(layer ?? text) || parts.includes(name), name).toBe(true);
  });

  it("has no row that is drawn twice", () => {
    for (const spec of OVERLAYS as readonly OverlaySpec[]) expect(spec.layer && spec.text, spec.name).toBeUndefined();
  });
});

describe("onlyOverlays", () => {
  it("disables all others", () => {
    expect(onlyOverlays("bars", "label")).toEqual({ ...onlyOverlays(), bars: true, label: true });
    expect(Object.values(onlyOverlays())).toEqual(OVERLAYS.map(() => false));
  });
});

describe("isEnabled", () => {
  const spec = { name: "new", byDefault: false, needsPack: true };

  it.each([
    ["chosen, with a pack", { new: true }, PACK, true],
    ["chosen, without a pack", { new: true }, undefined, false],
    ["not chosen", { new: false }, PACK, false],
  ])("%s", (_, overlays, pack, enabled) => {
    expect(isEnabled(spec, { overlays, pack })).toBe(enabled);
  });

  it("enables an overlay by any of its parts", () => {
    const whole = { name: "whole", byDefault: false, needsPack: false, parts: ["part"] };
    const enabled = (overlays: Record<string, boolean>) => isEnabled(whole, { overlays, pack: undefined });
    expect(enabled({ whole: false, part: true })).toBe(true);
    expect(enabled({ whole: true, part: false })).toBe(true);
    expect(enabled({ whole: false, part: false })).toBe(false);
  });

  it("needs no pack where there is no content", () => {
    expect(isEnabled({ ...spec, needsPack: false }, { overlays: { new: true }, pack: undefined })).toBe(true);
  });
});
