import { expect, test } from "vitest";

import { LANDMARK_COUNT } from "../canonical";
import type { Region } from "../geometry";
import type { Detection } from "./anchors";
import { LEFT_EYE_OUTER, RIGHT_EYE_OUTER, type MeshFit } from "./mesh";
import type { Picture } from "./picture";
import { FaceTracker, TRACKER } from "./track";

const PICTURE: Picture = { data: new Uint8Array(4), widthPx: 1, heightPx: 1 };
const SIZE = 100;

/** Upright landmarks of a face of 100 px. */
function landmarks(x: number, y: number): Float32Array {
  const points = new Float32Array(3 * LANDMARK_COUNT);
  for (let i = 0; i < LANDMARK_COUNT; i++) points.set([x, y], 3 * i);
  points.set([x - 50, y - 50], 0);
  points.set([x + 50, y + 50], 3);
  points.set([x - 30, y], 3 * RIGHT_EYE_OUTER);
  points.set([x + 30, y], 3 * LEFT_EYE_OUTER);
  return points;
}

/** A world of faces at places: the detector sees them all, the mesh falls on the nearest. */
class World {
  faces: { x: number; y: number }[] = [];
  searches = 0;

  detect = (): Promise<Detection[]> => {
    this.searches++;
    const keypoints = [[0, 0], [1, 0]] as const;
    return Promise.resolve(
      this.faces.map(({ x, y }) => ({ box: [x - 50, y - 50, x + 50, y + 50] as const, keypoints, score: 0.9 })),
    );
  };
  detectSmall = this.detect;

  fit = (_: Picture, { centreXPx: u, centreYPx: v }: Region): Promise<MeshFit> => {
    const far = (face: { x: number; y: number }) => Math.hypot(face.x - u, face.y - v);
    const [nearest] = [...this.faces].sort((a, b) => far(a) - far(b));
    if (!nearest || far(nearest) > SIZE) return Promise.resolve({ landmarksPx: landmarks(u, v), presence: 0 });
    return Promise.resolve({ landmarksPx: landmarks(nearest.x, nearest.y), presence: 1 });
  };
}

function made(options = {}) {
  const world = new World();
  const tracker = new FaceTracker(world, world, { ...TRACKER, smoothing: null, ...options });
  const show = async (picture: Picture, timeS: number, ...faces: [number, number][]) => {
    world.faces = faces.map(([x, y]) => ({ x, y }));
    const tracked = await tracker.track({ picture, timeS });
    return Object.fromEntries(tracked.map((face) => [face.trackId, face.landmarksPx[0] + 50]));
  };
  const see = (timeS: number, ...faces: [number, number][]) => show(PICTURE, timeS, ...faces);
  return { world, tracker, see, show };
}

test("faces keep their ids while they move", async () => {
  const { see } = made();
  expect(await see(0, [100, 100], [400, 100])).toEqual({ 1: 100, 2: 400 });
  expect(await see(0.03, [410, 100], [110, 100])).toEqual({ 1: 110, 2: 410 });
});

test("a face that passes behind another keeps its id", async () => {
  const { see } = made();
  for (let i = 0; i <= 30; i++) {
    const x = 100 + 20 * i;
    const hidden = Math.abs(x - 400) < 60;
    await see(i / 30, [400, 100], ...(hidden ? [] : ([[x, 100]] as [number, number][])));
  }
  expect(await see(31 / 30, [400, 100], [720, 100])).toEqual({ 1: 400, 2: 720 });
});

test("a face that comes back soon is itself, later it is new", async () => {
  const { see } = made();
  await see(0, [100, 100]);
  expect(await see(0.1)).toEqual({});
  expect(await see(1, [130, 100])).toEqual({ 1: 130 });
  await see(1.1);
  await see(3.2);
  expect(await see(3.3, [130, 100])).toEqual({ 2: 130 });
});

test("it searches at once while it sees nobody, and now and then while there may be more", async () => {
  const { world, see } = made();
  for (let i = 0; i < 10; i++) await see(i / 30);
  expect(world.searches).toBe(10);
  for (let i = 10; i < 40; i++) await see(i / 30, [100, 100]);
  expect(world.searches).toBe(13); // the one that found it, and two more within a second
});

test("no more faces than wished are followed, and none is searched for", async () => {
  const { world, tracker, see } = made({ maximumFaces: 1 });
  expect(await see(0, [100, 100], [400, 100])).toEqual({ 1: 100 });
  await see(2, [100, 100], [400, 100]);
  expect(world.searches).toBe(1);
  tracker.configure({ maximumFaces: 2 });
  expect(await see(3, [100, 100], [400, 100])).toEqual({ 1: 100, 2: 400 });
  tracker.configure({ maximumFaces: 1 });
  expect(await see(3.1, [100, 100], [400, 100])).toEqual({ 1: 100 });
});

test("a frame older than the last begins a new source", async () => {
  const { see } = made();
  await see(5, [100, 100]);
  expect(await see(1, [900, 100])).toEqual({ 1: 900 });
});

test("landmarks are smoothed, and start afresh for a new face", async () => {
  const { see } = made({ smoothing: TRACKER.smoothing });
  expect(await see(0, [100, 100])).toEqual({ 1: 100 });
  const { 1: x } = await see(0.03, [101, 100]);
  expect(x).toBeGreaterThan(100);
  expect(x).toBeLessThan(101);
});

test("a smaller picture of the same shape shows the same faces, one of another shape does not", async () => {
  const { show } = made();
  const size = (widthPx: number, heightPx: number): Picture => ({ ...PICTURE, widthPx, heightPx });
  await show(size(1280, 720), 0, [1000, 300], [400, 300]);
  expect(await show(size(640, 360), 0.03, [500, 150], [200, 150])).toEqual({
    1: expect.closeTo(500, 0),
    2: expect.closeTo(200, 0),
  });
  expect(Object.keys(await show(size(360, 640), 0.06, [500, 150]))).toEqual(["3"]);
});
