import { describe, expect, it } from "vitest";

import type { ContentPack, Sticker } from "../content/pack";
import { frontalFace, sceneOf } from "../testing/faces";
import { inReadingOrder, leftOut, sharesOf, suggestStickers } from "./faces";

const sticker = (name: string): Sticker => ({ name, file: `${name}.svg`, size: 1, aspect: 1, places: [] });
const pack = {
  stickers: { happiness: [sticker("sun"), sticker("hearts")], fear: [sticker("ghost")], neutral: [sticker("glasses")] },
} as unknown as ContentPack;

describe("sharesOf", () => {
  it("puts the most likely first", () => {
    expect(sharesOf(frontalFace({ label: "fear", confidence: 0.7 }))[0]).toMatchObject({ label: "fear" });
  });
});

describe("suggestStickers", () => {
  it("begins with those of the expression", () => {
    expect(suggestStickers(frontalFace({ label: "happiness" }), pack).map(({ name }) => name).slice(0, 2)).toEqual(["sun", "hearts"]);
  });

  it("suggests stickers for a face that is unsure", () => {
    expect(suggestStickers(frontalFace({ label: "unsure" }), pack, 3)).toHaveLength(3);
  });
});

describe("inReadingOrder", () => {
  it("counts from the left", () => {
    const faces = [frontalFace({ xPx: 500, trackId: 1 }), frontalFace({ xPx: 100, trackId: 2 })];
    expect(inReadingOrder(faces).map(({ trackId }) => trackId)).toEqual([2, 1]);
  });
});

describe("leftOut", () => {
  it("is the number of the scene", () => {
    const scene = sceneOf([], 0);
    expect(leftOut(scene)).toBe(0);
    expect(leftOut({ ...scene, facesLeftOut: 12 })).toBe(12);
  });
});
