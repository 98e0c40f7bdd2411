import { describe, expect, it } from "vitest";

import { frontalFace } from "../testing/faces";
import { Motion } from "./association";
import { regionOfLandmarks } from "./mesh";
import { OneEuro } from "./oneEuro";
import { face, nextRegion, scaled, seen, type Track } from "./trackedFace";

const at = (xPx: number) => frontalFace({ xPx }).landmarksPx;

function track(filter: OneEuro | null = null): Track {
  return { trackId: 7, motion: Motion.begin(at(200), 0), rawPx: at(200), filter, missingSinceS: Infinity };
}

describe("a track", () => {
  it("expects a face that stands still where it was, and one that moves further on", () => {
    const still = regionOfLandmarks(at(200));
    expect(nextRegion(track(), 0.1)).toEqual(still);
    const moving = seen(track(), { landmarksPx: at(230), presence: 1 }, 0.1);
    expect(nextRegion(moving, 0.2).centreXPx).toBeGreaterThan(regionOfLandmarks(at(230)).centreXPx + 10);
    expect(nextRegion(moving, 0.2).sidePx).toBe(regionOfLandmarks(at(230)).sidePx);
  });

  it("smooths its landmarks, or passes them as they are", () => {
    const fit = (xPx: number) => ({ landmarksPx: at(xPx), presence: 0.9 });
    expect(face(track(), fit(210), 0, false)).toEqual({ trackId: 7, landmarksPx: at(210), presence: 0.9, isNew: false });
    const smoothed = track(new OneEuro());
    face(smoothed, fit(200), 0, true);
    const [x] = face(smoothed, fit(201), 0.03, false).landmarksPx;
    expect(x).toBeGreaterThan(at(200)[0]);
    expect(x).toBeLessThan(at(201)[0]);
  });

  it("scales with the picture", () => {
    const { rawPx, motion } = scaled(track(), 2);
    expect(rawPx[0]).toBeCloseTo(2 * at(200)[0], 3);
    expect(motion.centrePx[0]).toBeCloseTo(2 * track().motion.centrePx[0], 3);
  });
});
