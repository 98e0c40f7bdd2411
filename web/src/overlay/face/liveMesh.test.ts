import { describe, expect, it } from "vitest";

import { LANDMARK_COUNT } from "../../canonical";
import { project } from "../../maths/geometry";
import { frontalFace } from "../../testing/faces";
import { meshEdges } from "./head";
import { cameraPositions, facingOfVertices } from "./liveMesh";

describe("cameraPositions", () => {
  it("lands on the landmarks again when projected", () => {
    const face = frontalFace({ widthPx: 640, heightPx: 480, xPx: 200, yPx: 180 });
    const out = new Float32Array(3 * LANDMARK_COUNT);
    cameraPositions(face.landmarksPx, face.pose, 640, 480, 45, out);
    for (const i of [0, 10, 152, 234, 454]) {
      const [x, y] = project([out[3 * i], out[3 * i + 1], out[3 * i + 2]], 640, 480, 45);
      expect(x).toBeCloseTo(face.landmarksPx[3 * i], 2);
      expect(y).toBeCloseTo(face.landmarksPx[3 * i + 1], 2);
    }
  });
});

describe("facingOfVertices", () => {
  it("has the nose face the camera and the ears not", () => {
    const face = frontalFace({});
    const facing = new Float32Array(LANDMARK_COUNT);
    facingOfVertices(face.landmarksPx, facing);
    expect(facing[4]).toBeGreaterThan(0.8);
    expect(facing[234]).toBeLessThan(0.4);
  });
});

describe("meshEdges", () => {
  it("names each edge once", () => {
    const edges = meshEdges();
    // Euler: V - E + F = 1 for a surface with a rim and the holes that the triangles leave
    expect(edges.length / 2).toBeGreaterThan(1300);
    expect(Math.max(...edges)).toBeLessThan(LANDMARK_COUNT);
  });
});
