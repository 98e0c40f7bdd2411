import { describe, expect, it } from "vitest";

import { sceneIn, SILENT_MS, SourceChoice } from "./sceneStream";

const scene = (source: string, time_s: number) => ({ source, time_s, width_px: 4, height_px: 3, faces: [] });

describe("sceneIn", () => {
  it.each(["", "no JSON", "null", "[]", '{"schema":"emoar.event/1","event":"face_gone"}', '{"faces":[]}'])("finds none in %j", (text) => {
    expect(sceneIn(text)).toBeUndefined();
  });

  it("finds one", () => {
    expect(sceneIn(JSON.stringify({ schema: "emoar.scene/1", ...scene("camera 0", 1) }))).toMatchObject(scene("camera 0", 1));
  });
});

describe("SourceChoice", () => {
  it("stays with the first source, and changes when that is silent", () => {
    const choice = new SourceChoice(undefined);
    expect(choice.take(scene("a", 1), 0)).toEqual({ shown: true, isNew: true });
    expect(choice.take(scene("b", 1), 10)).toEqual({ shown: false, isNew: false });
    expect(choice.take(scene("a", 2), 20)).toEqual({ shown: true, isNew: false });
    expect(choice.take(scene("b", 2), 20 + SILENT_MS)).toEqual({ shown: false, isNew: false });
    expect(choice.take(scene("b", 3), 21 + SILENT_MS)).toEqual({ shown: true, isNew: true });
  });

  it("shows only the source that was asked for", () => {
    const choice = new SourceChoice("b");
    expect(choice.take(scene("a", 1), 0).shown).toBe(false);
    expect(choice.take(scene("b", 1), 1)).toEqual({ shown: true, isNew: true });
    expect(choice.take(scene("a", 2), 10 * SILENT_MS).shown).toBe(false);
  });

  it("begins anew when the source is started again", () => {
    const choice = new SourceChoice(undefined);
    choice.take(scene("a", 9), 0);
    expect(choice.take(scene("a", 0.1), 10)).toEqual({ shown: true, isNew: true });
  });
});
