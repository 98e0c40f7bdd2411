import { Vector3 } from "three";
import { describe, expect, it } from "vitest";

import { frontalFace, sceneOf } from "../../testing/faces";
import { FaceState } from "./faceState";
import { shareInside } from "./inside";

const BROW = new Vector3(0, 5, 5);
const TIP = new Vector3(0, 25, 5);

function share(yPx: number, shown: readonly [number, number, number, number] = [0, 0, 639, 479]): number {
  const face = frontalFace({ yPx, distanceCm: 60 });
  return shareInside(new FaceState(face, sceneOf([face], 0)), shown, BROW, TIP);
}

describe("shareInside", () => {
  it("is all of what is inside", () => {
    expect(share(400)).toBe(1);
  });

  it("is less the higher the head is, and nothing above the edge", () => {
    expect(share(150)).toBeGreaterThan(share(110));
    expect(share(110)).toBeGreaterThan(0);
    expect(share(110)).toBeLessThan(1);
    expect(share(-200)).toBe(0);
  });

  it("counts what is seen, where that is a part of the frame", () => {
    expect(share(400, [0, 300, 639, 479])).toBeLessThan(share(400));
  });
});
