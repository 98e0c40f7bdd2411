import { describe, expect, it } from "vitest";

import { frontalFace, sceneOf } from "../../testing/faces";
import type { Show } from "../layer";
import { onlyOverlays } from "../overlays";
import { FaceViews } from "./faceViews";
import { defaultStageOptions, type StageOptions } from "./stageOptions";

const SHOW = { overlays: onlyOverlays(), clockS: 0, chosenStickers: new Map() } as unknown as Show;

/** Ids and numbers that are drawn after each scene, which is given by the ids of its faces. */
function drawn(scenes: readonly (readonly number[])[], more: Partial<StageOptions> = {}): [number, number][][] {
  const views = new FaceViews();
  const options = { ...defaultStageOptions(), ...more };
  return scenes.map((ids, i) => {
    views.setScene(sceneOf(ids.map((trackId) => frontalFace({ trackId })), i / 15));
    return views.update(SHOW, options).map(({ trackId, number }) => [trackId, number]);
  });
}

const ids = (...args: Parameters<typeof drawn>) => drawn(...args).map((faces) => faces.map(([trackId]) => trackId));

describe("FaceViews", () => {
  it("draws a face of a photo at once", () => {
    expect(ids([[1, 2]])).toEqual([[1, 2]]);
  });

  it("draws a face of a live picture when it is seen for the third time", () => {
    expect(ids([[1], [1], [1], [1]], { sightings: 3 })).toEqual([[], [], [1], [1]]);
  });

  it("never draws a face that lasts for two scenes, beside one that stays", () => {
    const scenes = [[1], [1], [1], [1, 2], [1, 2], [1], [1, 3], [1], [1]];
    expect(ids(scenes, { sightings: 3 }).every((shown) => !shown.includes(2) && !shown.includes(3))).toBe(true);
  });

  it("goes on drawing a face that is missing in one scene", () => {
    expect(ids([[1], [1], [1], [], [1]], { sightings: 3 })).toEqual([[], [], [1], [], [1]]);
  });

  it("counts again when a face was gone for long", () => {
    expect(ids([[1], [1], [1], [], [], [], [], [], [1]], { sightings: 3 }).at(-1)).toEqual([]);
  });

  it("numbers faces from 1 as they appear, and gives a free number to the next", () => {
    expect(drawn([[7], [7, 9], [9], [9], [9], [9], [9], [9, 12]]).at(-1)).toEqual([[9, 2], [12, 1]]);
  });

  it("has the numbers that it is given", () => {
    expect(drawn([[7, 9]], { numberOf: (trackId) => (trackId === 9 ? 4 : undefined) })).toEqual([[[7, 1], [9, 4]]]);
  });
});
