/** Tracks faces from frame to frame: each mesh gives its own next region, the detector only searches for new faces. */

import type { Picture } from "../image/picture";
import type { UnreadDetection } from "./anchors";
import { associate, beside, distortion, Motion, overlapsAny, suppressDuplicates, SURPRISE_SIZES } from "./association";
import type { FaceDetector } from "./detect";
import { FaceFinder, FINDER, type FinderOptions } from "./find";
import type { FaceMesh, MeshFit } from "./mesh";
import { OneEuro, ONE_EURO, type OneEuroOptions } from "./oneEuro";
import { Stopwatch } from "./stopwatch";
import { face, nextRegion, scaled, seen, type Track, type TrackedFace } from "./trackedFace";

export type { TrackedFace } from "./trackedFace";

export const MAX_GAP_S = 0.15; // after a longer gap a face may be anywhere near: the mesh alone would slide
export const DISTORTED = 0.015; // of a face's size: more distortion between two frames, and the mesh may lie beside the face
export const BLURRED_STRIDE = 0.15; // of a face's size between two frames: motion blurs a face that is so fast

/** When to search, and when to give a face up. */
export interface TrackerOptions extends FinderOptions {
  readonly maximumFaces: number;
  /** A search goes on beyond the maximum for so many faces, and counts them. */
  readonly countedFaces: number;
  /** Time between searches for new faces, while there may be more. */
  readonly searchEveryS: number;
  /** How long every frame is searched after a face was lost. */
  readonly searchAfterLossS: number;
  /** How long a face may be missing and keep its id when it returns. */
  readonly maxLostS: number;
  /** Null leaves the landmarks unfiltered. */
  readonly smoothing: OneEuroOptions | null;
}

export const TRACKER: TrackerOptions = {
  ...FINDER,
  maximumFaces: 4,
  countedFaces: 0,
  searchEveryS: 0.4,
  searchAfterLossS: 0.5,
  maxLostS: 2,
  smoothing: ONE_EURO,
};

/** A frame with its time. */
export interface Timed {
  readonly picture: Picture;
  readonly timeS: number;
}

/** Keeps the identity of faces over the frames of one source. */
export class FaceTracker {
  private readonly finder: FaceFinder;
  private nextId = 1;
  private active: Track[] = [];
  private lost: Track[] = [];
  private searchedS = -Infinity;
  private lostAtS = -Infinity;
  private timeS = -Infinity;
  /** Faces that the search in the last frame found beyond the maximum, up to `countedFaces`. */
  leftOut = 0;
  /** Faces that the last search found and the mesh does not see, with the reason. */
  unread: readonly UnreadDetection[] = [];
  private size: { readonly widthPx: number; readonly heightPx: number } | null = null;

  constructor(
    detector: Pick<FaceDetector, "detect" | "detectSmall">,
    mesh: Pick<FaceMesh, "fit">,
    private options: TrackerOptions = TRACKER,
    stopwatch: Stopwatch = new Stopwatch(),
  ) {
    this.finder = new FaceFinder(detector, mesh, options, stopwatch);
  }

  /** Forgets all faces, as for a new source. Ids start at 1 again. */
  reset(): void {
    this.nextId = 1;
    this.active = [];
    this.lost = [];
    this.unread = [];
    this.searchedS = this.lostAtS = this.timeS = -Infinity;
  }

  configure(options: Partial<Omit<TrackerOptions, keyof FinderOptions>>): void {
    this.options = { ...this.options, ...options };
  }

  /** Of the faces in view and of those that may return. */
  knownIds(): ReadonlySet<number> {
    return new Set([...this.active, ...this.lost].map((track) => track.trackId));
  }

  /** The faces of this frame, by ascending id. A frame older than the last begins a new source. */
  async track(frame: Timed): Promise<TrackedFace[]> {
    const { picture, timeS } = frame;
    if (timeS < this.timeS) this.reset();
    const beforeS = this.timeS;
    [this.timeS, this.leftOut] = [timeS, 0];
    if (timeS - this.searchedS > this.options.searchEveryS) this.unread = []; // until the next search
    this.fitToSize(picture);
    this.active = this.active.slice(0, this.options.maximumFaces);
    // the time between two frames does not count as absence: nothing was observed in it
    this.lost = this.lost.filter((track) => beforeS - track.missingSinceS <= this.options.maxLostS);
    const gap = this.active.length > 0 && timeS - beforeS > MAX_GAP_S;
    const before = this.active;
    let faces = gap ? await this.findAgain(frame) : await this.updateActive(frame);
    if (!gap && this.shouldSearch(timeS)) faces = await this.search(frame, faces, before);
    return faces.sort((a, b) => a.trackId - b.trackId);
  }

  /** A picture of another size but the same shape shows the same faces: quality tiers change the size while running. */
  private fitToSize({ widthPx, heightPx }: Picture): void {
    const before = this.size;
    this.size = { widthPx, heightPx };
    if (!before || (before.widthPx === widthPx && before.heightPx === heightPx)) return;
    const factor = Math.sqrt((widthPx * heightPx) / (before.widthPx * before.heightPx));
    const sameShape = Math.abs((widthPx * before.heightPx) / (heightPx * before.widthPx) - 1) < 0.02;
    if (!sameShape) this.active = this.lost = [];
    this.active = this.active.map((track) => scaled(track, factor));
    this.lost = this.lost.map((track) => scaled(track, factor));
  }

  /** Fits every active track in its expected region; those without a face, or on another track's face, become lost. */
  private async updateActive({ picture, timeS }: Timed): Promise<TrackedFace[]> {
    const fits: MeshFit[] = [];
    for (const track of this.active) fits.push(await this.finder.fit(picture, nextRegion(track, timeS)));
    const detected = await this.detectDoubtful(picture, fits, timeS);
    detected.forEach((fit, i) => (fits[i] = fit));
    const present = fits.flatMap((fit, i) => (detected.has(i) || this.finder.isFace(fit) ? [i] : []));
    const motions = present.map((i) => this.active[i].motion);
    const slid = suppressDuplicates(motions, present.map((i) => fits[i].landmarksPx), timeS);
    return this.keep(new Map(present.filter((_, position) => !slid.has(position)).map((i) => [i, fits[i]])), timeS);
  }

  /**
   * Detected faces of the active tracks whose fits are not what was expected, by position in `active`.
   *
   * The mesh of a face that moved by half of its size stays on the other half, with full presence. The detector finds the
   * face; where it moves so fast that it is blurred, whatever the presence of the mesh.
   */
  private async detectDoubtful(
    picture: Picture,
    fits: readonly MeshFit[],
    nowS: number,
  ): Promise<ReadonlyMap<number, MeshFit>> {
    const doubtful = fits.flatMap((fit, i) => (this.isExpected(this.active[i], fit, nowS) ? [] : [i]));
    const motions = doubtful.map((i) => this.active[i].motion);
    const known = fits.filter((_, i) => !doubtful.includes(i)).map((fit) => fit.landmarksPx);
    const found: MeshFit[] = [];
    for (const motion of motions) {
      const occupied = [...known, ...found.map((fit) => fit.landmarksPx)];
      found.push(...(await this.finder.findNear(picture, motion.expectedCentrePx(nowS), motion.sizePx, occupied)));
    }
    const matches = [...associate(motions, found.map((fit) => fit.landmarksPx), nowS)];
    const isBlurred = (track: number) =>
      motions[track].stride(nowS) > BLURRED_STRIDE && !this.finder.isFace(fits[doubtful[track]]);
    const sure = matches.filter(([i, track]) => this.finder.isFace(found[i]) || isBlurred(track));
    return new Map(sure.map(([i, track]) => [doubtful[track], found[i]]));
  }

  /** Whether a face is about where it was expected, and has about the shape that it had. */
  private isExpected(track: Track, fit: MeshFit, nowS: number): boolean {
    if (!this.finder.isFace(fit) || track.motion.surprise(fit.landmarksPx, nowS) > SURPRISE_SIZES) return false;
    return distortion(track.rawPx, fit.landmarksPx) < DISTORTED;
  }

  /** After a gap in time: the detector finds the faces, and motion tells which is which. */
  private async findAgain({ picture, timeS }: Timed): Promise<TrackedFace[]> {
    this.searchedS = timeS;
    const { fits: found, unread } = await this.finder.find(picture, [], 2 * this.options.maximumFaces);
    this.unread = unread;
    const landmarks = found.map((fit) => fit.landmarksPx);
    const again = associate([...this.active, ...this.lost].map((track) => track.motion), landmarks, timeS);
    const isActive = (track: number | undefined): track is number => track !== undefined && track < this.active.length;
    const kept = new Map([...again].filter(([, track]) => isActive(track)).map(([i, track]) => [track, found[i]]));
    const others = new Map([...landmarks.entries()].filter(([i]) => !isActive(again.get(i))));
    for (const [i, track] of this.active.entries()) {
      if (kept.has(i)) continue; // the detector misses faces that are turned away
      const fit = await this.finder.fit(picture, nextRegion(track, timeS));
      if (!this.finder.isFace(fit)) continue;
      const same = beside(fit.landmarksPx, others);
      if (same !== undefined) others.delete(same); // half on a face, which moved further than expected
      else if (overlapsAny(fit.landmarksPx, landmarks)) continue;
      else landmarks.push(fit.landmarksPx);
      kept.set(i, same === undefined ? fit : found[same]);
    }
    return [...this.keep(kept, timeS), ...this.startOrRestore([...others.keys()].map((i) => found[i]), timeS)];
  }

  /**
   * Adds faces without an active track; each was lost, or is new. Where there is one, the place of a blurred face may be a
   * wrong guess: its track, of those `before`, is lost.
   */
  private async search({ picture, timeS }: Timed, faces: readonly TrackedFace[], before: readonly Track[]): Promise<TrackedFace[]> {
    this.searchedS = timeS;
    const known = this.active.map((track) => track.rawPx);
    const most = this.options.maximumFaces - known.length;
    const { fits: found, unread } = await this.finder.find(picture, known, most + this.options.countedFaces);
    this.unread = unread;
    this.leftOut = Math.max(found.length - most, 0);
    const guesses = new Set(faces.filter(({ presence }) => found.length > 0 && presence < this.options.minimumPresence).map(({ trackId }) => trackId));
    this.active = this.active.filter(({ trackId }) => !guesses.has(trackId));
    this.lost.push(...before.filter(({ trackId }) => guesses.has(trackId)).map((track) => ({ ...track, missingSinceS: timeS })));
    return [...faces.filter(({ trackId }) => !guesses.has(trackId)), ...this.startOrRestore(found, timeS)];
  }

  /** The active tracks at these positions continue with these fits; the others become lost. */
  private keep(fits: ReadonlyMap<number, MeshFit>, nowS: number): TrackedFace[] {
    if (fits.size < this.active.length) this.lostAtS = nowS;
    const missing = this.active.filter((_, i) => !fits.has(i));
    this.lost.push(...missing.map((track) => ({ ...track, missingSinceS: nowS })));
    const seenNow = this.active.flatMap((track, i) => {
      const fit = fits.get(i);
      if (!fit) return [];
      // the filter of a face that leapt starts again, or it would lag behind
      const leapt = track.motion.surprise(fit.landmarksPx, nowS) > SURPRISE_SIZES;
      return [{ track: { ...seen(track, fit, nowS), filter: leapt ? this.filter() : track.filter }, fit }];
    });
    this.active = seenNow.map(({ track }) => track);
    return seenNow.map(({ track, fit }) => face(track, fit, nowS, false));
  }

  /** Faces without an active track: those that were lost get their id back, the others start a track. */
  private startOrRestore(all: readonly MeshFit[], nowS: number): TrackedFace[] {
    const found = all.slice(0, Math.max(this.options.maximumFaces - this.active.length, 0));
    const motions = this.lost.map((track) => track.motion);
    const again = associate(motions, found.map((fit) => fit.landmarksPx), nowS);
    const tracks = found.map((fit, i) => this.begin(fit, again.has(i) ? this.lost[again.get(i)!] : null, nowS));
    const returned = new Set(tracks.map((track) => track.trackId));
    this.lost = this.lost.filter((track) => !returned.has(track.trackId));
    this.active.push(...tracks);
    return tracks.map((track, i) => face(track, found[i], nowS, true));
  }

  private shouldSearch(nowS: number): boolean {
    const isDue = this.active.length === 0 || nowS - this.searchedS >= this.options.searchEveryS;
    return (isDue || nowS - this.lostAtS <= this.options.searchAfterLossS) && this.active.length < this.options.maximumFaces;
  }

  private readonly filter = (): OneEuro | null => (this.options.smoothing ? new OneEuro(this.options.smoothing) : null);

  private begin({ landmarksPx }: MeshFit, before: Track | null, nowS: number): Track {
    return {
      trackId: before ? before.trackId : this.nextId++,
      motion: Motion.begin(landmarksPx, nowS),
      rawPx: landmarksPx,
      filter: this.filter(),
      missingSinceS: Infinity,
    };
  }
}
