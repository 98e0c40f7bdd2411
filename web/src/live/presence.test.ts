import { describe, expect, it } from "vitest";

import { frontalFace, sceneOf } from "../testing/faces";
import { Presence } from "./presence";

const there = sceneOf([frontalFace({})], 0);
const atEdge = sceneOf([frontalFace({ xPx: 40 })], 0);
const empty = sceneOf([], 0);

/** The last hint after these scenes. */
function hintAfter(...scenes: (typeof empty)[]): string {
  const presence = new Presence();
  return scenes.map((scene) => presence.hint(scene)).at(-1)!;
}

describe("Presence", () => {
  it("waits for the first face", () => {
    expect(hintAfter(empty, empty)).toBe("live.no_face");
  });

  it("tells nothing while there is a face", () => {
    expect(hintAfter(empty, there)).toBe("");
  });

  it("does not wait for a first face again", () => {
    expect(hintAfter(there, empty)).toBe("live.gone");
  });

  it("tells that a face is outside while it is lost at the edge", () => {
    expect(hintAfter(there, atEdge, empty, empty)).toBe("live.edge");
    expect(hintAfter(atEdge, there, empty)).toBe("live.gone");
  });

  it("knows a face that was found to be cut off", () => {
    const [face] = there.faces;
    const cut = sceneOf([{ ...face, quality: { ...face.quality, usable: false, reasons: ["cut_off"] } }], 0);
    expect(hintAfter(cut, empty)).toBe("live.edge");
  });
});
