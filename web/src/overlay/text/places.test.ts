import { describe, expect, it } from "vitest";

import type { Box } from "../../maths/geometry";
import { frontalFace } from "../../testing/faces";
import { fitFrame } from "../view/viewport";
import { heightOf, overlap, widthOf } from "./layout";
import { bubblePlaces, closeUpPlaces, faceBox, labelPlaces, siteOf, wishOf } from "./places";

const SIZE = { widthPx: 640, heightPx: 480 };
const ROOM: Box = [0, 0, 640, 480];
const FACE = frontalFace({ ...SIZE, xPx: 200, yPx: 220, distanceCm: 80 });
const site = siteOf(FACE, fitFrame(SIZE, SIZE, false), ROOM, 1);

describe("siteOf", () => {
  it("has the face inside the head, and the mouth inside the face", () => {
    const { face, head, mouth } = site;
    expect(overlap(face, head)).toBeCloseTo(widthOf(face) * heightOf(face));
    expect(Math.abs(mouth[0] - (face[0] + face[2]) / 2)).toBeLessThan(0.15 * widthOf(face));
    expect(mouth[1]).toBeGreaterThan((face[1] + face[3]) / 2);
    expect(mouth[1]).toBeLessThan(face[3]);
  });

  it("has text that grows with the face, within limits", () => {
    const emAt = (distanceCm: number) => siteOf(frontalFace({ ...SIZE, distanceCm }), fitFrame(SIZE, SIZE, false), ROOM, 1).em;
    expect(emAt(300)).toBe(13);
    expect(emAt(30)).toBeLessThanOrEqual(Math.sqrt(640 * 480) / 40 + 0.25); // rounded to halves
    expect(emAt(30)).toBeGreaterThanOrEqual(emAt(300));
  });
});

describe("faceBox", () => {
  it("is mirrored with the view", () => {
    const [left, , right] = faceBox(FACE, fitFrame(SIZE, SIZE, true));
    expect(left).toBeLessThan(right);
    expect((left + right) / 2).toBeGreaterThan(320);
  });
});

describe.each([
  ["labelPlaces", labelPlaces],
  ["bubblePlaces", bubblePlaces],
])("%s", (_, places) => {
  it("have the size of the text, and do not cover the face", () => {
    for (const box of places(site, 90, 40)) {
      expect([widthOf(box), heightOf(box)].map(Math.round)).toEqual([90, 40]);
      expect(overlap(box, site.face)).toBe(0);
    }
  });
});

describe("closeUpPlaces", () => {
  const near = (distanceCm: number) => siteOf(frontalFace({ ...SIZE, distanceCm }), fitFrame(SIZE, SIZE, false), ROOM, 1);

  it("exist for a face that fills the view alone", () => {
    expect(closeUpPlaces(near(25), 90, 40)).toHaveLength(2);
    expect(closeUpPlaces(near(80), 90, 40)).toEqual([]);
  });
});

describe("wishOf", () => {
  it("moves places into the room, at integer pixels", () => {
    const { places, wanted, last } = wishOf([[-10.4, 5.3, 20, 30], [600, 100.6, 700, 140.6]], site, 1);
    expect(places.map((box) => box.slice(0, 2))).toEqual([[0, 5], [540, 101]]);
    expect(wanted[0][0]).toBe(-10.4);
    expect(last).toBe(1);
  });
});
