import { Mesh } from "three";
import { describe, expect, it } from "vitest";

import type { Box } from "../../maths/geometry";
import { frontalFace, sceneOf } from "../../testing/faces";
import { FaceState } from "../face/faceState";
import type { FaceText, Show } from "../layer";
import type { OverlaySpec } from "../overlays";
import { heightOf, overlap, type Placed, type Wish } from "../text/layout";
import { bubblePlaces, faceBox, labelPlaces, wishOf } from "../text/places";
import { tailLine } from "../text/tail";
import type { OverlayTexts } from "../text/texts";
import { fitFrame } from "../view/viewport";
import { TextLayer } from "./textLayer";

const SIZE = { widthPx: 1280, heightPx: 720 };
const ROOM: Box = [0, 0, 1280, 720];

/** A text that records its box: a label in three sizes, or a bubble in one. */
class FakeText implements FaceText {
  readonly meshes = [new Mesh()];
  box: Box | undefined;
  disposed = false;

  constructor(private readonly bubble = false) {}

  update(...[, , site, , enabled]: Parameters<FaceText["update"]>): readonly Wish[] {
    this.box = undefined;
    if (!enabled) return [];
    const { em } = site;
    if (this.bubble) {
      const wish = wishOf(bubblePlaces(site, 14 * em, 6 * em), site, undefined);
      return [{ ...wish, lines: wish.places.map((place) => tailLine(place, site)) }];
    }
    const sizes = [[9 * em, 9.5 * em], [9 * em, 1.7 * em], [1.7 * em, 1.7 * em]] as const;
    return sizes.map(([width, height]) => wishOf(labelPlaces(site, width, height), site, undefined));
  }

  place({ wish, index }: Placed): void {
    this.box = wish.places[index];
  }

  dispose(): void {
    this.disposed = true;
  }
}

function state(trackId: number, xPx: number, yPx = 360, distanceCm = 70): FaceState {
  const face = frontalFace({ ...SIZE, trackId, xPx, yPx, distanceCm });
  return new FaceState(face, sceneOf([face], 0, SIZE.widthPx, SIZE.heightPx));
}

/** A layer of two text overlays, and the texts that it has made. */
function made() {
  const texts: FakeText[] = [];
  const text = () => texts[texts.push(new FakeText()) - 1];
  const bubble = () => texts[texts.push(new FakeText(true)) - 1];
  const specs: OverlaySpec[] = [
    { name: "first", byDefault: true, needsPack: false, text },
    { name: "no text", byDefault: true, needsPack: false },
    { name: "second", byDefault: true, needsPack: false, text: bubble },
  ];
  const layer = new TextLayer({} as OverlayTexts, specs);
  const update = (states: FaceState[], overlays: Show["overlays"], covered: Box[] = []) =>
    layer.update(states, { overlays, clockS: 0 } as Show, fitFrame(SIZE, SIZE, false), ROOM, 1, covered);
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

  it("leaves boxes free that other things cover", () => {
    const { texts, update } = made();
    update([state(1, 640)], { first: true });
    const before = texts[0].box!;
    update([state(1, 640)], { first: true }, [before]);
    expect(overlap(texts[0].box!, before)).toBe(0);
  });

  it.each([
    [12, 4, 160],
    [20, 5, 190],
    [20, 7, 150], // hardly any room between them
  ])("covers nobody's face in a crowd of %i, %i in a row", (count, columns, distanceCm) => {
    const rows = Math.ceil(count / columns);
    const crowd = Array.from({ length: count }, (_, i) => {
      const [column, row] = [i % columns, Math.floor(i / columns)];
      const aside = 25 * Math.sin(5 * i); // nobody stands in a grid
      return state(i + 1, ((column + 0.5) / columns) * SIZE.widthPx + aside, ((row + 0.6) / rows) * SIZE.heightPx + 0.4 * aside, distanceCm);
    });
    const { texts, update } = made();
    update(crowd, { first: true, second: true });
    const boxes = texts.flatMap(({ box }) => (box ? [box] : []));
    const faces = crowd.map(({ face }) => faceBox(face, fitFrame(SIZE, SIZE, false)));
    for (const box of boxes) for (const face of faces) expect(overlap(box, face)).toBe(0);
    boxes.forEach((box, i) => boxes.slice(i + 1).forEach((other) => expect(overlap(box, other)).toBe(0)));
    const labels = texts.filter((text, i) => i % 2 === 0 && text.box);
    expect(labels.length).toBeGreaterThanOrEqual(0.9 * count);
  });

  it("has a label in its shortest form where there is no room for another", () => {
    const { texts, update } = made();
    const crowd = Array.from({ length: 20 }, (_, i) => state(i + 1, (i % 7) * 180 + 90, Math.floor(i / 7) * 230 + 130, 110));
    update(crowd, { first: true });
    expect(texts.some(({ box }) => box && heightOf(box) < 40)).toBe(true);
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
