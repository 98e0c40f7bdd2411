import { describe, expect, it } from "vitest";

import { DEFAULT_OVERLAYS } from "../overlay/overlays";
import { DEFAULTS, readSettings, writeSettings } from "./storedSettings";

describe("stored settings", () => {
  it("come back as they were written, but for the server", () => {
    const chosen = { ...DEFAULTS, mirrored: false, stats: true, pack: "other", model: "emoar-m" as const, overlays: { ...DEFAULT_OVERLAYS, avatar: true } };
    expect(readSettings(writeSettings({ ...chosen, viaServer: true }))).toEqual(chosen);
  });

  it.each([
    ["nothing", null],
    ["damaged text", "{"],
    ["no object", "3"],
    ["values of another kind", '{"pack": 3, "model": null, "stats": "yes", "mirrored": 1, "overlays": true}'],
    ["a model that there is no more", '{"model": "emoar-xl"}'],
    ["an older version's keys", '{"shown": {"label": false}, "viaServer": true}'],
  ])("are the defaults for %s", (_, text) => {
    expect(readSettings(text)).toEqual(DEFAULTS);
  });

  it("keep the default of an overlay that they do not name", () => {
    expect(readSettings('{"overlays": {"bars": true}}').overlays).toEqual({ ...DEFAULT_OVERLAYS, bars: true });
  });
});
