/** Follows faces from frame to frame: the mesh leads to its own next region, the detector only looks for new faces. */

import { boxOfPoints, iou, type Region } from "../geometry";
import type { Detection } from "./anchors";
import type { FaceDetector } from "./detect";
import { OneEuro, ONE_EURO, type OneEuroOptions } from "./filter";
import { assign, duplicates, Motion, overlapsAny } from "./identity";
import { LEFT_EYE_OUTER, regionOfDetection, regionOfLandmarks, RIGHT_EYE_OUTER, type FaceMesh, type MeshFit } from "./mesh";
import type { Picture } from "./picture";

const DETECTION_IOU = 0.35; // a detection that overlaps a followed face by this is that face
const REFITS = 2; // a detector's box is rough: the mesh leads itself to the place

/** When to look, and when to give up. */
export interface TrackerOptions {
  readonly maximumFaces: number;
  /** Of the mesh; less is not a face. */
  readonly minimumPresence: number;
  /** For new faces, while there may be more. */
  readonly searchEveryS: number;
  /** In every frame for so long after a face was lost. */
  readonly searchAfterLossS: number;
  /** How long a lost face may come back as itself. */
  readonly rememberS: number;
  /** A number: photo search in tiles, for faces down to this size. */
  readonly smallestFacePx: number | null;
  /** Null leaves the landmarks as they come. */
  readonly smoothing: OneEuroOptions | null;
}

export const TRACKER: TrackerOptions = {
  maximumFaces: 4,
  minimumPresence: 0.5,
  searchEveryS: 0.4,
  searchAfterLossS: 0.5,
  rememberS: 2,
  smallestFacePx: null,
  smoothing: ONE_EURO,
};

/** One face of one frame, with its identity. */
export interface TrackedFace {
  readonly trackId: number;
  /** (468 * 3,), smoothed */
  readonly landmarksPx: Float32Array;
  readonly presence: number;
  /** First seen, or seen again after a loss: filters downstream start afresh. */
  readonly isNew: boolean;
}

interface Track {
  readonly trackId: number;
  readonly motion: Motion;
  /** Landmarks as fitted, where the next region comes from. */
  readonly rawPx: Float32Array;
  readonly filter: OneEuro | null;
}

/** A frame with its time. */
export interface Timed {
  readonly picture: Picture;
  readonly timeS: number;
}

/** Keeps the identity of faces over the frames of one source. */
export class FaceTracker {
  /** Of the last frame, in milliseconds. */
  timingsMs = { detect: 0, mesh: 0 };
  private nextId = 1;
  private active: Track[] = [];
  private lost: Track[] = [];
  private searchedS = -Infinity;
  private lostAtS = -Infinity;
  private timeS = -Infinity;
  private size: { readonly widthPx: number; readonly heightPx: number } | null = null;

  constructor(
    private readonly detector: Pick<FaceDetector, "detect" | "detectSmall">,
    private readonly mesh: Pick<FaceMesh, "fit">,
    private options: TrackerOptions = TRACKER,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Forgets all faces, as for a new source. Ids start at 1 again. */
  reset(): void {
    this.nextId = 1;
    this.active = [];
    this.lost = [];
    this.searchedS = this.lostAtS = this.timeS = -Infinity;
  }

  configure(options: Partial<TrackerOptions>): void {
    this.options = { ...this.options, ...options };
  }

  /** Of the faces in view and of those that may come back. */
  knownIds(): ReadonlySet<number> {
    return new Set([...this.active, ...this.lost].map((track) => track.trackId));
  }

  /** The faces of this frame, by ascending id. A frame older than the last begins a new source. */
  async track(frame: Timed): Promise<TrackedFace[]> {
    if (frame.timeS < this.timeS) this.reset();
    this.timeS = frame.timeS;
    this.timingsMs = { detect: 0, mesh: 0 };
    this.takeSize(frame.picture);
    this.active = this.active.slice(0, this.options.maximumFaces);
    const faces = await this.follow(frame);
    if (this.shouldSearch(frame.timeS)) {
      this.searchedS = frame.timeS;
      faces.push(...(await this.search(frame)));
    }
    this.lost = this.lost.filter((track) => frame.timeS - track.motion.timeS <= this.options.rememberS);
    return faces.sort((a, b) => a.trackId - b.trackId);
  }

  /** A picture of another size shows the same faces when it has the same shape: quality tiers change it on the way. */
  private takeSize({ widthPx, heightPx }: Picture): void {
    const before = this.size;
    this.size = { widthPx, heightPx };
    if (!before || (before.widthPx === widthPx && before.heightPx === heightPx)) return;
    const factor = Math.sqrt((widthPx * heightPx) / (before.widthPx * before.heightPx));
    const sameShape = Math.abs((widthPx * before.heightPx) / (heightPx * before.widthPx) - 1) < 0.02;
    if (!sameShape) this.active = this.lost = [];
    this.active = this.active.map((track) => scaled(track, factor));
    this.lost = this.lost.map((track) => scaled(track, factor));
  }

  /** Fits every active track where it should be by now; those that are gone or slid away become lost. */
  private async follow(frame: Timed): Promise<TrackedFace[]> {
    const now = frame.timeS;
    const fits: { readonly track: Track; readonly fit: MeshFit }[] = [];
    for (const track of this.active) fits.push({ track, fit: await this.fit(frame, nextRegion(track, now)) });
    const present = fits.filter(({ fit }) => this.isFace(fit));
    const slid = duplicates(
      present.map(({ track }) => track.motion),
      present.map(({ fit }) => fit.landmarksPx),
      now,
    );
    const kept = present.filter((_, i) => !slid.has(i));
    if (kept.length < fits.length) this.lostAtS = now;
    const ids = new Set(kept.map(({ track }) => track.trackId));
    this.lost.push(...this.active.filter((track) => !ids.has(track.trackId)));
    const seenNow = kept.map(({ track, fit }) => ({ track: seen(track, fit, now), fit }));
    this.active = seenNow.map(({ track }) => track);
    return seenNow.map(({ track, fit }) => face(track, fit, now, false));
  }

  /** Looks for faces that no track follows; each is one that was lost, or new. */
  private async search(frame: Timed): Promise<TrackedFace[]> {
    const known = this.active.map((track) => track.rawPx);
    const found: MeshFit[] = [];
    for (const detection of await this.detect(frame)) {
      if (known.length >= this.options.maximumFaces) break;
      if (known.some((other) => inside(detection, other))) continue;
      const fit = await this.fitDetection(frame, detection);
      if (!this.isFace(fit) || overlapsAny(fit.landmarksPx, known)) continue;
      found.push(fit);
      known.push(fit.landmarksPx);
    }
    const motions = this.lost.map((track) => track.motion);
    const again = assign(motions, found.map((fit) => fit.landmarksPx), frame.timeS);
    const tracks = found.map((fit, i) => this.begin(fit, again.has(i) ? this.lost[again.get(i)!] : null, frame.timeS));
    const returned = new Set(tracks.map((track) => track.trackId));
    this.lost = this.lost.filter((track) => !returned.has(track.trackId));
    this.active.push(...tracks);
    return tracks.map((track, i) => face(track, found[i], frame.timeS, true));
  }

  private async detect({ picture }: Timed): Promise<Detection[]> {
    const { smallestFacePx } = this.options;
    const started = this.now();
    const found = await (smallestFacePx === null
      ? this.detector.detect(picture)
      : this.detector.detectSmall(picture, smallestFacePx));
    this.timingsMs.detect += this.now() - started;
    return found;
  }

  private async fit({ picture }: Timed, region: Region): Promise<MeshFit> {
    const started = this.now();
    const fit = await this.mesh.fit(picture, region);
    this.timingsMs.mesh += this.now() - started;
    return fit;
  }

  private async fitDetection(frame: Timed, detection: Detection): Promise<MeshFit> {
    let fit = await this.fit(frame, regionOfDetection(detection));
    for (let i = 1; i < REFITS && this.isFace(fit); i++) fit = await this.fit(frame, regionOfLandmarks(fit.landmarksPx));
    return fit;
  }

  private shouldSearch(nowS: number): boolean {
    if (this.active.length >= this.options.maximumFaces) return false;
    if (this.active.length === 0 || nowS - this.lostAtS <= this.options.searchAfterLossS) return true;
    return nowS - this.searchedS >= this.options.searchEveryS;
  }

  private isFace(fit: MeshFit): boolean {
    return fit.presence >= this.options.minimumPresence;
  }

  private begin({ landmarksPx }: MeshFit, before: Track | null, nowS: number): Track {
    const { smoothing } = this.options;
    return {
      trackId: before ? before.trackId : this.nextId++,
      motion: Motion.begin(landmarksPx, nowS),
      rawPx: landmarksPx,
      filter: smoothing ? new OneEuro(smoothing) : null,
    };
  }
}

function face(track: Track, fit: MeshFit, nowS: number, isNew: boolean): TrackedFace {
  const { landmarksPx, presence } = fit;
  const smoothed = track.filter?.filter(landmarksPx, nowS, Math.max(eyeDistance3d(landmarksPx), 1)) ?? landmarksPx;
  return { trackId: track.trackId, landmarksPx: smoothed, presence, isNew };
}

function eyeDistance3d(points: Float32Array): number {
  const [a, b] = [3 * RIGHT_EYE_OUTER, 3 * LEFT_EYE_OUTER];
  return Math.hypot(points[a] - points[b], points[a + 1] - points[b + 1], points[a + 2] - points[b + 2]);
}

/** Around the last landmarks, moved by what the face has moved since. */
function nextRegion(track: Track, nowS: number): Region {
  const region = regionOfLandmarks(track.rawPx);
  const [x, y] = track.motion.expectedCentrePx(nowS);
  const [beforeX, beforeY] = track.motion.centrePx;
  return { ...region, centreXPx: region.centreXPx + x - beforeX, centreYPx: region.centreYPx + y - beforeY };
}

function seen(track: Track, { landmarksPx }: MeshFit, nowS: number): Track {
  return { ...track, motion: track.motion.advance(landmarksPx, nowS), rawPx: landmarksPx };
}

function scaled(track: Track, factor: number): Track {
  track.filter?.scale(factor);
  return { ...track, motion: track.motion.scaled(factor), rawPx: track.rawPx.map((value) => factor * value) };
}

/** Whether a detection is of the face with these landmarks. */
function inside(detection: Detection, landmarksPx: Float32Array): boolean {
  return iou(detection.box, boxOfPoints(landmarksPx, 3)) > DETECTION_IOU;
}
