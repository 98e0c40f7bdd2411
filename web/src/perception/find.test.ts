import { expect, test, vi } from "vitest";

import { LANDMARK_COUNT } from "../canonical";
import { LEFT_EYE_INNER, LEFT_EYE_OUTER, RIGHT_EYE_INNER, RIGHT_EYE_OUTER } from "../faceLandmarks";
import type { Picture } from "../image/picture";
import type { Region } from "../maths/geometry";
import type { Detection } from "./anchors";
import { FaceFinder, FINDER, whyUnread } from "./find";
import { Stopwatch } from "./stopwatch";

const PICTURE: Picture = { data: new Uint8Array(4), widthPx: 1, heightPx: 1 };

/** Upright landmarks of a face of 100 px. */
function landmarks(x: number, y: number): Float32Array {
  const points = new Float32Array(3 * LANDMARK_COUNT);
  for (let i = 0; i < LANDMARK_COUNT; i++) points.set([x, y], 3 * i);
  points.set([x - 50, y - 50], 0);
  points.set([x + 50, y + 50], 3 * 7);
  for (const eye of [RIGHT_EYE_OUTER, RIGHT_EYE_INNER]) points.set([x - 30, y], 3 * eye);
  for (const eye of [LEFT_EYE_OUTER, LEFT_EYE_INNER]) points.set([x + 30, y], 3 * eye);
  return points;
}

/** A detection whose box is off by so much from the face. */
function detection(x: number, y: number, offPx = 0): Detection {
  const [u, v] = [x + offPx, y + offPx];
  const keypoints = [[u - 30, v], [u + 30, v], [u, v], [u, v]] as const;
  return { box: [u - 50, v - 50, u + 50, v + 50], keypoints, score: 0.9 };
}

/** A finder over these detections; the mesh falls on the nearest of the faces. */
function made(detections: Detection[], faces: [number, number][], presence = 1) {
  const fit = vi.fn(async (_: Picture, { centreXPx: u, centreYPx: v }: Region) => {
    const [[x, y]] = [...faces].sort((a, b) => Math.hypot(a[0] - u, a[1] - v) - Math.hypot(b[0] - u, b[1] - v));
    return { landmarksPx: landmarks(x, y), presence };
  });
  const detect = vi.fn(async () => detections);
  const detectSmall = vi.fn(async () => detections);
  const finder = (smallestFacePx: number | null = null) =>
    new FaceFinder({ detect, detectSmall }, { fit }, { ...FINDER, smallestFacePx }, new Stopwatch());
  return { finder, fit, detect, detectSmall };
}

/** Off by so much that the regions differ, and the features still agree. */
const OFF_PX = 8;

test("the mesh is fitted once where the detection is right, and twice where it is off", async () => {
  const right = made([detection(100, 100)], [[100, 100]]);
  expect((await right.finder().find(PICTURE, [], 4)).fits).toHaveLength(1);
  expect(right.fit).toHaveBeenCalledTimes(1);
  const off = made([detection(100, 100, OFF_PX)], [[100, 100]]);
  const { fits: [found] } = await off.finder().find(PICTURE, [], 4);
  expect(found.landmarksPx[0]).toBe(50);
  expect(off.fit).toHaveBeenCalledTimes(2);
  expect(off.fit.mock.lastCall![1].centreXPx).toBeCloseTo(100);
});

test("detections on known faces are left out, before and after the mesh", async () => {
  const { finder, fit } = made([detection(100, 100), detection(400, 100)], [[100, 100]]);
  expect((await finder().find(PICTURE, [landmarks(100, 100)], 4)).fits).toEqual([]);
  expect(fit).toHaveBeenCalledTimes(2); // for the second detection, in its region and in the one of the mesh
});

test("no more than the wanted number are fitted, and no mesh without a face is found", async () => {
  const two = made([detection(100, 100), detection(400, 100)], [[100, 100], [400, 100]]);
  expect((await two.finder().find(PICTURE, [], 1)).fits).toHaveLength(1);
  expect(two.fit).toHaveBeenCalledTimes(1);
  const none = made([detection(100, 100)], [[100, 100]], 0.4);
  expect((await none.finder().find(PICTURE, [], 4)).fits).toEqual([]);
});

test("photos are searched for small faces", async () => {
  const { finder, detect, detectSmall } = made([], [[0, 0]]);
  await finder(24).find(PICTURE, [], 4);
  expect(detectSmall).toHaveBeenCalledWith(PICTURE, 24, false);
  expect(detect).not.toHaveBeenCalled();
});

test("a mesh that is far more certain the other way up lies the other way up", async () => {
  const fit = vi.fn(async (_: Picture, { angleRad }: Region) => {
    const isTurned = Math.abs(angleRad) > 3;
    const landmarksPx = landmarks(100, 100).map((value) => (isTurned ? 200 - value : value));
    return { landmarksPx, presence: isTurned ? 0.9999999 : 0.9 };
  });
  const detect = vi.fn(async () => [detection(100, 100)]);
  const finder = new FaceFinder({ detect, detectSmall: detect }, { fit }, FINDER, new Stopwatch());
  expect((await finder.find(PICTURE, [], 4)).fits).toMatchObject([{ presence: 0.9999999 }]);
});

test("a mesh beside the detected features is no face", async () => {
  const { finder } = made([detection(100, 100, 30)], [[100, 100]]);
  expect((await finder().find(PICTURE, [], 4)).fits).toEqual([]);
});

test("turned faces are searched only where no face is upright", async () => {
  const { fit, detect } = made([], [[100, 100]]);
  const detectSmall = vi.fn(async (_: Picture, __: number, turned?: boolean) => (turned ? [detection(100, 100)] : []));
  const options = { ...FINDER, smallestFacePx: 24, everyDirection: true };
  const finder = new FaceFinder({ detect, detectSmall }, { fit }, options, new Stopwatch());
  expect((await finder.find(PICTURE, [], 4)).fits).toHaveLength(1);
  expect(detectSmall.mock.calls.map(([, , turned]) => turned)).toEqual([false, true]);
});

/** A finder of one face: the detector's scores at first and from nearby, and the mesh's presence by the region's tilt. */
function doubting(first: number, nearby: number, presence: (angleRad: number) => number) {
  const large: Picture = { data: new Uint8Array(4 * 640 * 480), widthPx: 640, heightPx: 480 };
  const face = { ...detection(320, 240), score: first };
  const fit = vi.fn(async (_: Picture, { angleRad }: Region) => ({ landmarksPx: landmarks(320, 240), presence: presence(angleRad) }));
  const detect = vi.fn(async (picture: Picture) => {
    if (picture.widthPx === 640) return [face];
    const [x, y] = [picture.widthPx / 2, picture.heightPx / 2];
    return nearby > 0 ? [{ ...detection(x, y), score: nearby }] : [];
  });
  return new FaceFinder({ detect, detectSmall: detect }, { fit }, FINDER, new Stopwatch()).find(large, [], 4);
}

test("a sure detection without a mesh is a face that was not read", async () => {
  expect(await doubting(0.8, 0.8, () => 0.1)).toMatchObject({ fits: [], unread: [{ reason: "covered", score: 0.8 }] });
  for (const [first, nearby] of [[0.5, 0.8], [0.8, 0.3]]) {
    expect(await doubting(first, nearby, () => 0.1)).toEqual({ fits: [], unread: [] });
  }
});

test("a second angle is tried where the detector is sure", async () => {
  let isTilted = false;
  const presence = (angleRad: number) => ((isTilted ||= angleRad > 0.3) ? 1 : 0.2);
  expect((await doubting(0.8, 0.8, presence)).fits).toHaveLength(1);
});

test("below half a score only a sure mesh is a face", async () => {
  expect((await doubting(0.4, 0.9, () => 0.8)).fits).toEqual([]);
  expect((await doubting(0.4, 0.9, () => 1)).fits).toHaveLength(1);
});

test("a mesh is no face where the detector doubts, also from nearby", async () => {
  expect((await doubting(0.6, 0.6, () => 1)).fits).toHaveLength(1);
  expect((await doubting(0.6, 0, () => 1)).fits).toEqual([]);
});

test.each([
  [140, [50, 60, 150, 160], "turned_away"],
  [62, [50, 60, 150, 160], "turned_away"],
  [100, [-5, 60, 95, 160], "cut_off"],
  [100, [50, 60, 150, 160], "covered"],
  [100, [90, 90, 105, 105], "too_small"],
] as const)("a face with its nose at %i in the box %j is %s", (noseX, box, reason) => {
  const keypoints = [[80, 90], [120, 90], [noseX, 110], [100, 130]] as const;
  expect(whyUnread({ box, keypoints, score: 0.8 }, 640, 480)).toBe(reason);
});
