import { describe, expect, it } from "vitest";

import type { ContentPack, Sticker } from "../../content/pack";
import { frontalFace, sceneOf } from "../../testing/faces";
import { FaceState } from "../face/faceState";
import type { Show } from "../layer";
import { allStickers, stickersFor } from "./sticker";

const sticker = (name: string): Sticker => ({ name, file: `${name}.svg`, size: 1, aspect: 1, places: [] });
const [sun, rain] = [sticker("sun"), sticker("rain")];
const PACK = { id: "p", stickers: { happiness: [sun], sadness: [rain] } } as unknown as ContentPack;
const show = (chosenStickers: Show["chosenStickers"] = new Map(), pack: ContentPack | undefined = PACK) =>
  ({ pack, chosenStickers, seed: 1 }) as Show;

function state(label: string): FaceState {
  const face = frontalFace({ label, trackId: 3 });
  return new FaceState(face, sceneOf([face], 0));
}

describe("stickersFor", () => {
  it("has the sticker of the expression while the overlay is enabled", () => {
    expect(stickersFor(state("sadness"), show(), true)).toEqual([rain]);
    expect(stickersFor(state("sadness"), show(), false)).toEqual([]);
    expect(stickersFor(state("unsure"), show(), true)).toEqual([]);
  });

  it("has the stickers chosen by hand, whatever is enabled", () => {
    expect(stickersFor(state("sadness"), show(new Map([[3, ["sun"]]])), false)).toEqual([sun]);
    expect(stickersFor(state("sadness"), show(new Map([[3, []]])), true)).toEqual([]);
    expect(stickersFor(state("sadness"), show(new Map([[4, ["sun"]]])), true)).toEqual([rain]);
  });
});

it("allStickers are those of all expressions", () => {
  expect(allStickers(PACK)).toEqual([sun, rain]);
});
