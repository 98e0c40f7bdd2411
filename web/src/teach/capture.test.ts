import { describe, expect, it } from "vitest";

import { frontalFace, sceneOf } from "../testing/faces";
import type { Face } from "../types";
import { Capture, MOST_FACES, taughtFace, withFaces } from "./capture";

const unclassified = frontalFace({});
const face = { ...unclassified, features: Float32Array.of(1, 2) };
const blurred: Face = { ...face, quality: { ...face.quality, usable: false, reasons: ["too_blurred"] } };

/** How many faces are taken of those seen 0.1 s apart. */
function taken(seen: readonly (Face | undefined)[], wanted?: number): number {
  const capture = new Capture(wanted);
  seen.forEach((one, i) => capture.add(one, i / 10));
  return capture.faces.length;
}

describe("Capture", () => {
  it("takes faces that are some time apart, until it has enough", () => {
    expect(taken(Array(10).fill(face))).toBe(4);
    expect(taken(Array(100).fill(face))).toBe(10);
    expect(taken(Array(100).fill(face), 3)).toBe(3);
  });

  it("takes no face that is not usable, not classified, or not there", () => {
    for (const other of [blurred, unclassified, undefined]) expect(taken(Array(20).fill(other))).toBe(0);
    expect(taken([unclassified, undefined, blurred, face])).toBe(1);
  });

  it("takes a copy", () => {
    const capture = new Capture();
    const seen = { ...face, features: Float32Array.of(1, 2) };
    capture.add(seen, 0);
    seen.features[0] = 9;
    expect(capture.faces).toEqual([Float32Array.of(1, 2)]);
  });
});

describe("taughtFace", () => {
  const far = frontalFace({ trackId: 1, distanceCm: 90, xPx: 150 });
  const near = frontalFace({ trackId: 2, distanceCm: 50, xPx: 450 });
  const scene = sceneOf([far, near], 0);

  it.each([
    ["the chosen one", 1, far],
    ["the largest where none was chosen", undefined, near],
    ["nothing while the chosen one is away", 7, undefined],
  ])("is %s", (_, chosen, expected) => {
    expect(taughtFace(scene, chosen)).toBe(expected);
  });

  it("is none without a face", () => {
    expect(taughtFace(sceneOf([], 0), 1)).toBeUndefined();
  });
});

it("withFaces keeps the newest", () => {
  const faces = Array.from({ length: MOST_FACES + 5 }, (_, i) => Float32Array.of(i));
  expect(withFaces(faces.slice(0, 20), faces.slice(20)).map(([first]) => first)).toEqual(faces.slice(5).map(([first]) => first));
});
