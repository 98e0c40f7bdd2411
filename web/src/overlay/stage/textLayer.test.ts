import { Mesh } from "three";
import { describe, expect, it } from "vitest";

import type { Box } from "../../maths/geometry";
import { frontalFace, sceneOf } from "../../testing/faces";
import { FaceState } from "../face/faceState";
import type { FaceText, Show } from "../layer";
import type { OverlaySpec } from "../overlays";
import { overlap, type Wish } from "../text/layout";
import { labelPlaces, wishOf } from "../text/places";
import type { OverlayTexts } from "../text/texts";
import { fitFrame } from "../view/viewport";
import { TextLayer } from "./textLayer";

const SIZE = { widthPx: 1280, heightPx: 720 };
const ROOM: Box = [0, 0, 1280, 720];

/** A text of 200 x 60 px that records its box. */
class FakeText implements FaceText {
  readonly meshes = [new Mesh()];
  box: Box | undefined;
  disposed = false;

  update(...[, , site, , enabled]: Parameters<FaceText["update"]>): Wish | undefined {
    this.box = undefined;
    return enabled ? wishOf(labelPlaces(site, 200, 60), site, undefined) : undefined;
  }

  place({ places }: Wish, index: number): void {
    this.box = places[index];
  }

  dispose(): void {
    this.disposed = true;
  }
}

function state(trackId: number, xPx: number): FaceState {
  const face = frontalFace({ ...SIZE, trackId, xPx, distanceCm: 70 });
  return new FaceState(face, sceneOf([face], 0, SIZE.widthPx, SIZE.heightPx));
}

/** A layer of two text overlays, and the texts that it has made. */
function made() {
  const texts: FakeText[] = [];
  const text = () => texts[texts.push(new FakeText()) - 1];
  const specs: OverlaySpec[] = [
    { name: "first", byDefault: true, needsPack: false, text },
    { name: "no text", byDefault: true, needsPack: false },
    { name: "second", byDefault: true, needsPack: false, text },
  ];
  const layer = new TextLayer({} as OverlayTexts, specs);
  const update = (states: FaceState[], overlays: Show["overlays"]) =>
    layer.update(states, { overlays, clockS: 0 } as Show, fitFrame(SIZE, SIZE, false), ROOM, 1);
  return { layer, texts, update };
}

describe("TextLayer", () => {
  it("places the texts of all faces beside each other", () => {
    const { texts, update, layer } = made();
    update([state(1, 400), state(2, 700)], { first: true, second: true });
    expect(texts).toHaveLength(4);
    expect(layer.root.children).toHaveLength(4);
    const boxes = texts.map(({ box }) => box!);
    boxes.forEach((box, i) => boxes.slice(i + 1).forEach((other) => expect(overlap(box, other)).toBe(0)));
  });

  it("shows enabled texts only", () => {
    const { texts, update } = made();
    update([state(1, 400)], { first: false, second: true });
    expect(texts.map(({ box }) => box !== undefined)).toEqual([false, true]);
  });

  it("forgets faces that are gone", () => {
    const { texts, update, layer } = made();
    update([state(1, 400)], { first: true });
    update([], { first: true });
    expect(layer.root.children).toEqual([]);
    expect(texts.every(({ disposed }) => disposed)).toBe(true);
  });
});
