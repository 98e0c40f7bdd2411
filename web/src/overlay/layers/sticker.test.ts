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
  ({ pack, chosenStickers, ownStickers: new Map([["winks", rain], ["happiness", rain]]), seed: 1 }) as unknown as Show;

function state(label: string, personal?: string): FaceState {
  const face = { ...frontalFace({ label, trackId: 3 }), ...(personal && { personal: { label: personal, confidence: 0.9, sinceS: 0 } }) };
  return new FaceState(face, sceneOf([face], 0));
}

describe("stickersFor", () => {
  it("has the sticker of the expression while the overlay is enabled", () => {
    expect(stickersFor(state("sadness"), show(), true)).toEqual([rain]);
    expect(stickersFor(state("sadness"), show(), false)).toEqual([]);
    expect(stickersFor(state("unsure"), show(), true)).toEqual([]);
  });

  it("has the sticker of a taught label, whatever is enabled", () => {
    expect(stickersFor(state("neutral", "winks"), show(), false)).toEqual([rain]);
    expect(stickersFor(state("sadness", "happiness"), show(), false)).toEqual([rain]);
    expect(stickersFor(state("happiness"), show(), true)).toEqual([sun]); // the model's own, which nobody taught
    expect(stickersFor(state("happiness", "frowns"), show(), true)).toEqual([]); // without a sticker
    expect(stickersFor(state("happiness", "winks"), show(new Map([[3, ["sun"]]])), true)).toEqual([sun]);
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
