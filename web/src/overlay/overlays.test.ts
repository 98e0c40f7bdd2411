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

  it("needs no pack where there is no content", () => {
    expect(isEnabled({ ...spec, needsPack: false }, { overlays: { new: true }, pack: undefined })).toBe(true);
  });
});
