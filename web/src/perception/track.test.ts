import { expect, test } from "vitest";

import { LANDMARK_COUNT } from "../canonical";
import { LEFT_EYE_OUTER, RIGHT_EYE_OUTER } from "../faceLandmarks";
import type { Picture } from "../image/picture";
import type { Region } from "../maths/geometry";
import type { Detection } from "./anchors";
import type { MeshFit } from "./mesh";
import { FaceTracker, TRACKER } from "./track";

/** Each pixel holds its place, so that the detector knows which part of the picture it gets. */
function picture(widthPx: number, heightPx: number): Picture {
  const data = new Uint8Array(4 * widthPx * heightPx);
  for (let y = 0, at = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++, at += 4) data.set([x & 255, y & 255, ((x >> 8) << 4) | (y >> 8), 255], at);
  }
  return { data, widthPx, heightPx };
}

const PICTURE = picture(1100, 360);
const SIZE = 100;

interface Person {
  readonly x: number;
  readonly y: number;
  /** Turned away, a face is narrower. */
  readonly yawRad?: number;
}

/** Upright landmarks of a face of 100 px. */
function landmarks(x: number, y: number, yawRad = 0): Float32Array {
  const points = new Float32Array(3 * LANDMARK_COUNT);
  const wide = Math.cos(yawRad);
  for (let i = 0; i < LANDMARK_COUNT; i++) points.set([x, y], 3 * i);
  points.set([x - 50 * wide, y - 50], 0);
  points.set([x + 50 * wide, y + 50], 3 * 7);
  points.set([x - 30 * wide, y], 3 * RIGHT_EYE_OUTER);
  points.set([x + 30 * wide, y], 3 * LEFT_EYE_OUTER);
  return points;
}

function detection({ x, y, yawRad = 0 }: Person): Detection {
  const eye = 30 * Math.cos(yawRad);
  const keypoints = [[x - eye, y], [x + eye, y], [x, y], [x, y]] as const;
  return { box: [x - 50, y - 50, x + 50, y + 50], keypoints, score: 0.9 };
}

/** Of a face's size: a region that is off by more makes the mesh slide. */
const HOLDS = 0.4;

/** The detector finds all faces; the mesh falls on the nearest one, and slides when its region is wrong. */
class World {
  faces: Person[] = [];
  /** The detector sees a face, the mesh does not. */
  ghosts: Person[] = [];
  searches = 0;
  wholePx = PICTURE.widthPx * PICTURE.heightPx;

  detect = ({ data, widthPx, heightPx }: Picture): Promise<Detection[]> => {
    const [left, top] = [data[0] + 256 * (data[2] >> 4), data[1] + 256 * (data[2] & 15)];
    if (left === 0 && top === 0 && widthPx * heightPx >= this.wholePx) this.searches++;
    const here = [...this.faces, ...this.ghosts].map((face) => ({ ...face, x: face.x - left, y: face.y - top }));
    const inside = here.filter(({ x, y }) => x > -20 && y > -20 && x < widthPx + 20 && y < heightPx + 20);
    return Promise.resolve(inside.map(detection));
  };
  detectSmall = this.detect;

  fit = (_: Picture, { centreXPx: u, centreYPx: v }: Region): Promise<MeshFit> => {
    const far = (face: Person) => Math.hypot(face.x - u, face.y - v);
    const [nearest] = [...this.faces].sort((a, b) => far(a) - far(b));
    if (!nearest || far(nearest) > SIZE) return Promise.resolve({ landmarksPx: landmarks(u, v), presence: 0 });
    const share = far(nearest) < HOLDS * SIZE ? 1 : 0.5; // halfway there, with full presence: as the real one does
    const slid = [u + share * (nearest.x - u), v + share * (nearest.y - v)] as const;
    return Promise.resolve({ landmarksPx: landmarks(...slid, nearest.yawRad), presence: 1 });
  };
}

function made(options = {}) {
  const world = new World();
  const tracker = new FaceTracker(world, world, { ...TRACKER, smoothing: null, ...options });
  const show = async (shown: Picture, timeS: number, ...faces: [number, number][]) => {
    world.faces = faces.map(([x, y]) => ({ x, y }));
    const tracked = await tracker.track({ picture: shown, timeS });
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

test("a face elsewhere proves the guess of a blurred one wrong", async () => {
  const { world, see } = made({ searchEveryS: 0 });
  for (let i = 0; i < 4; i++) expect(await see(i / 10, [200 + 60 * i, 180])).toEqual({ 1: 200 + 60 * i });
  world.ghosts = [{ x: 440, y: 180 }];
  expect(Object.values(await see(0.4, [60, 180]))).toEqual([60]);
  world.ghosts = [];
  expect(Object.values(await see(0.5, [60, 180]))).toEqual([60]);
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

test("a face that returns soon keeps its id, later it is new", async () => {
  const { see } = made();
  await see(0, [100, 100]);
  expect(await see(0.1)).toEqual({});
  expect(await see(1, [130, 100])).toEqual({ 1: 130 });
  await see(1.1);
  await see(3.2);
  expect(await see(3.3, [130, 100])).toEqual({ 2: 130 });
});

test("it searches in every frame without a face, and periodically while there may be more", async () => {
  const { world, see } = made();
  for (let i = 0; i < 10; i++) await see(i / 30);
  expect(world.searches).toBe(10);
  for (let i = 10; i < 40; i++) await see(i / 30, [100, 100]);
  expect(world.searches).toBe(13); // the one that found it, and two more within a second
});

test("no more faces than the maximum are tracked, and then none is searched for", async () => {
  const { world, tracker, see } = made({ maximumFaces: 1 });
  expect(await see(0, [100, 100], [400, 100])).toEqual({ 1: 100 });
  for (let i = 1; i <= 60; i++) await see(i / 30, [100, 100], [400, 100]);
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
  await show(picture(1280, 720), 0, [1000, 300], [400, 300]);
  expect(await show(picture(640, 360), 0.03, [500, 150], [200, 150])).toEqual({
    1: expect.closeTo(500, 0),
    2: expect.closeTo(200, 0),
  });
  expect(Object.keys(await show(picture(360, 640), 0.06, [250, 150]))).toEqual(["3"]);
});

test("only observed frames count as absence", async () => {
  const { see } = made();
  expect(await see(0, [100, 100])).toEqual({ 1: 100 });
  expect(await see(0.5)).toEqual({});
  expect(await see(2.8, [120, 100])).toEqual({ 1: 120 }); // missing in one frame, with two seconds before the next
  expect(await see(3)).toEqual({});
  expect(await see(5.1)).toEqual({});
  expect(await see(5.2, [120, 100])).toEqual({ 2: 120 }); // seen to be missing for more than two seconds
});

test("a new face keeps no other face's id after a gap", async () => {
  const { see } = made({ maximumFaces: 1 });
  expect(await see(0, [100, 100])).toEqual({ 1: 100 });
  expect(await see(1, [400, 100], [110, 100])).toEqual({ 1: 110 });
  expect(await see(2, [400, 100])).toEqual({ 2: 400 }); // far from where the first could be by now
});

type People = (timeS: number) => Readonly<Record<string, Person>>;
const { sin, cos } = Math;

/** The same people as in `tests/perception/test_track.py`. */
const PEOPLE: Readonly<Record<string, People>> = {
  /** Both sway and turn, each in its place. */
  sideBySide: (t) => ({
    left: { x: 200 + 60 * sin(2.5 * t), y: 180, yawRad: 0.7 * sin(1.3 * t) },
    right: { x: 480 + 70 * sin(2.1 * t + 1), y: 190 + 20 * sin(3 * t), yawRad: 0.8 * sin(t) },
  }),
  /** They change places every three seconds; one passes behind the other, and is not seen there. */
  crossing: (t) => {
    const along = 180 * cos((Math.PI * t) / 3);
    const front = { x: 320 - along, y: 180, yawRad: 0.5 * sin(t) };
    const behind = { x: 320 + along, y: 160, yawRad: 0.5 * cos(t) };
    return Math.abs(front.x - behind.x) < 0.6 * SIZE ? { front } : { behind, front };
  },
  /** One stays; the other is outside for 1.6 of every 6 s, and comes back on the side where they left. */
  leaving: (t) => {
    const goes = { x: 180 - 180 * sin((Math.PI * t) / 3), y: 180 };
    const stays = { x: 520 + 20 * sin(2 * t), y: 170, yawRad: 0.6 * sin(t) };
    return goes.x < 60 ? { stays } : { goes, stays };
  },
};

const CASES = Object.keys(PEOPLE).flatMap((name) => [3, 5, 7.5, 15, 30].flatMap((fps) => [0, 0.3, 0.7].map((late) => ({ name, fps, late }))));

test.each(CASES)("two people keep their ids: $name at $fps frames a second, $late late", async ({ name, fps, late }) => {
  const { world, tracker } = made();
  const ids = new Map<string, Set<number>>();
  let [missed, frames] = [0, 0];
  for (let step = 0; step < 24 * fps; step++) {
    const timeS = (step + late) / fps;
    const now = PEOPLE[name](timeS);
    world.faces = step % 3 ? Object.values(now) : Object.values(now).reverse(); // the order must not matter
    const faces = await tracker.track({ picture: PICTURE, timeS });
    for (const [who, { x, y }] of Object.entries(now)) {
      const here = faces.filter(({ landmarksPx }) => Math.hypot(landmarksPx[6] - x, landmarksPx[7] - y) < 20);
      frames++;
      if (here.length === 0) missed++;
      for (const { trackId } of here) ids.set(who, (ids.get(who) ?? new Set()).add(trackId));
    }
  }
  expect([...ids.values()].map((one) => one.size)).toEqual([1, 1]);
  expect(new Set([...ids.values()].flatMap((one) => [...one])).size).toBe(2); // nobody has the id of another
  expect(missed).toBeLessThanOrEqual(0.03 * frames);
});

test("an unread face is forgotten where no further search is made", async () => {
  const { world, tracker, see } = made({ maximumFaces: 1 });
  world.ghosts = [{ x: 600, y: 180 }];
  const unread: number[] = [];
  for (const timeS of [0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]) {
    await see(timeS, [200, 180]); // the gap makes the tracker search for all faces
    unread.push(tracker.unread.length);
  }
  expect(unread).toEqual([0, 1, 1, 1, 1, 1, 0]);
});
