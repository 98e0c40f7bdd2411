/** One tracked face: where it is expected next, and how its track continues. */

import { LEFT_EYE_OUTER, RIGHT_EYE_OUTER } from "../faceLandmarks";
import type { Region } from "../maths/geometry";
import type { Motion } from "./association";
import { regionOfLandmarks, type MeshFit } from "./mesh";
import type { OneEuro } from "./oneEuro";

/** One face of one frame, with its identity. */
export interface TrackedFace {
  readonly trackId: number;
  /** (468 * 3,), smoothed */
  readonly landmarksPx: Float32Array;
  readonly presence: number;
  /** First seen, or seen again after a loss: later filters restart. */
  readonly isNew: boolean;
}

/** What is known of a face between frames. */
export interface Track {
  readonly trackId: number;
  readonly motion: Motion;
  /** Landmarks as fitted, where the next region comes from. */
  readonly rawPx: Float32Array;
  readonly filter: OneEuro | null;
  /** The first frame that it was not in. */
  readonly missingSinceS: number;
}

/** The face of a track in this frame, smoothed. */
export function face(track: Track, fit: MeshFit, nowS: number, isNew: boolean): TrackedFace {
  const { landmarksPx, presence } = fit;
  const smoothed = track.filter?.filter(landmarksPx, nowS, Math.max(eyeDistance3d(landmarksPx), 1)) ?? landmarksPx;
  return { trackId: track.trackId, landmarksPx: smoothed, presence, isNew };
}

function eyeDistance3d(points: Float32Array): number {
  const [a, b] = [3 * RIGHT_EYE_OUTER, 3 * LEFT_EYE_OUTER];
  return Math.hypot(points[a] - points[b], points[a + 1] - points[b + 1], points[a + 2] - points[b + 2]);
}

/** Around the last landmarks, moved as far as the face is expected to have moved since. */
export function nextRegion(track: Track, nowS: number): Region {
  const region = regionOfLandmarks(track.rawPx);
  const [x, y] = track.motion.expectedCentrePx(nowS);
  const [beforeX, beforeY] = track.motion.centrePx;
  return { ...region, centreXPx: region.centreXPx + x - beforeX, centreYPx: region.centreYPx + y - beforeY };
}

/** The track after the face was seen again. */
export function seen(track: Track, { landmarksPx }: MeshFit, nowS: number): Track {
  return { ...track, motion: track.motion.advance(landmarksPx, nowS), rawPx: landmarksPx };
}

/** The same track in a picture that is larger by this factor. */
export function scaled(track: Track, factor: number): Track {
  track.filter?.scale(factor);
  return { ...track, motion: track.motion.scaled(factor), rawPx: track.rawPx.map((value) => factor * value) };
}
