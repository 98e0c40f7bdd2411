/** Follows faces from frame to frame: the mesh leads to its own next region, the detector only looks for new faces. */

import type { FaceDetector } from "./detect";
import { OneEuro, ONE_EURO, type OneEuroOptions } from "./filter";
import { FaceFinder, type FinderOptions } from "./find";
import { assign, duplicates, Motion, overlapsAny } from "./identity";
import type { FaceMesh, MeshFit } from "./mesh";
import type { Picture } from "./picture";
import { face, nextRegion, scaled, seen, type Track, type TrackedFace } from "./trackedFace";

export type { TrackedFace } from "./trackedFace";

const LEAP_S = 0.15; // after a longer step a face may be anywhere near: the mesh alone would slide, the detector looks

/** When to look, and when to give up. */
export interface TrackerOptions extends FinderOptions {
  readonly maximumFaces: number;
  /** For new faces, while there may be more. */
  readonly searchEveryS: number;
  /** In every frame for so long after a face was lost. */
  readonly searchAfterLossS: number;
  /** How long a face may be seen to be missing, and come back as itself. */
  readonly rememberS: number;
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
  private size: { readonly widthPx: number; readonly heightPx: number } | null = null;

  constructor(
    detector: Pick<FaceDetector, "detect" | "detectSmall">,
    mesh: Pick<FaceMesh, "fit">,
    private options: TrackerOptions = TRACKER,
    now: () => number = () => performance.now(),
  ) {
    this.finder = new FaceFinder(detector, mesh, options, now);
  }

  /** What `detect` and `mesh` took in the last frame. */
  get timingsMs(): FaceFinder["timingsMs"] {
    return this.finder.timingsMs;
  }

  /** Forgets all faces, as for a new source. Ids start at 1 again. */
  reset(): void {
    this.nextId = 1;
    this.active = [];
    this.lost = [];
    this.searchedS = this.lostAtS = this.timeS = -Infinity;
  }

  configure(options: Partial<Omit<TrackerOptions, keyof FinderOptions>>): void {
    this.options = { ...this.options, ...options };
  }

  /** Of the faces in view and of those that may come back. */
  knownIds(): ReadonlySet<number> {
    return new Set([...this.active, ...this.lost].map((track) => track.trackId));
  }

  /** The faces of this frame, by ascending id. A frame older than the last begins a new source. */
  async track(frame: Timed): Promise<TrackedFace[]> {
    const { picture, timeS } = frame;
    if (timeS < this.timeS) this.reset();
    const beforeS = this.timeS;
    this.timeS = timeS;
    this.finder.timingsMs = { detect: 0, mesh: 0 };
    this.takeSize(picture);
    this.active = this.active.slice(0, this.options.maximumFaces);
    // what happened between two frames was not seen: only what was counts as absence
    this.lost = this.lost.filter((track) => beforeS - track.missingSinceS <= this.options.rememberS);
    const leapt = this.active.length > 0 && timeS - beforeS > LEAP_S;
    const faces = leapt ? await this.findAgain(frame) : await this.follow(frame);
    if (!leapt && this.shouldSearch(timeS)) faces.push(...(await this.search(frame)));
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
  private async follow({ picture, timeS }: Timed): Promise<TrackedFace[]> {
    const fits: MeshFit[] = [];
    for (const track of this.active) fits.push(await this.finder.fit(picture, nextRegion(track, timeS)));
    const present = fits.flatMap((fit, i) => (this.finder.isFace(fit) ? [i] : []));
    const motions = present.map((i) => this.active[i].motion);
    const slid = duplicates(motions, present.map((i) => fits[i].landmarksPx), timeS);
    return this.keep(new Map(present.filter((_, position) => !slid.has(position)).map((i) => [i, fits[i]])), timeS);
  }

  /** After a leap in time: the detector finds the faces, and motion says which is which. */
  private async findAgain({ picture, timeS }: Timed): Promise<TrackedFace[]> {
    this.searchedS = timeS;
    const found = await this.finder.find(picture, [], 2 * this.options.maximumFaces);
    const landmarks = found.map((fit) => fit.landmarksPx);
    const again = assign([...this.active, ...this.lost].map((track) => track.motion), landmarks, timeS);
    const isActive = (track: number | undefined): track is number => track !== undefined && track < this.active.length;
    const kept = new Map([...again].filter(([, track]) => isActive(track)).map(([i, track]) => [track, found[i]]));
    for (const [i, track] of this.active.entries()) {
      if (kept.has(i)) continue; // the detector misses faces that are turned away
      const fit = await this.finder.fit(picture, nextRegion(track, timeS));
      if (!this.finder.isFace(fit) || overlapsAny(fit.landmarksPx, landmarks)) continue;
      kept.set(i, fit);
      landmarks.push(fit.landmarksPx);
    }
    const others = found.filter((_, i) => !isActive(again.get(i)));
    return [...this.keep(kept, timeS), ...this.welcome(others, timeS)];
  }

  /** Looks for faces that no track follows; each is one that was lost, or new. */
  private async search({ picture, timeS }: Timed): Promise<TrackedFace[]> {
    this.searchedS = timeS;
    const known = this.active.map((track) => track.rawPx);
    return this.welcome(await this.finder.find(picture, known, this.options.maximumFaces - known.length), timeS);
  }

  /** The active tracks at these positions go on with these fits; the others become lost. */
  private keep(fits: ReadonlyMap<number, MeshFit>, nowS: number): TrackedFace[] {
    if (fits.size < this.active.length) this.lostAtS = nowS;
    const missing = this.active.filter((_, i) => !fits.has(i));
    this.lost.push(...missing.map((track) => ({ ...track, missingSinceS: nowS })));
    const seenNow = this.active.flatMap((track, i) => {
      const fit = fits.get(i);
      return fit ? [{ track: seen(track, fit, nowS), fit }] : [];
    });
    this.active = seenNow.map(({ track }) => track);
    return seenNow.map(({ track, fit }) => face(track, fit, nowS, false));
  }

  /** Faces that no active track is: those that were lost come back as themselves, the others are new. */
  private welcome(all: readonly MeshFit[], nowS: number): TrackedFace[] {
    const found = all.slice(0, Math.max(this.options.maximumFaces - this.active.length, 0));
    const motions = this.lost.map((track) => track.motion);
    const again = assign(motions, found.map((fit) => fit.landmarksPx), nowS);
    const tracks = found.map((fit, i) => this.begin(fit, again.has(i) ? this.lost[again.get(i)!] : null, nowS));
    const returned = new Set(tracks.map((track) => track.trackId));
    this.lost = this.lost.filter((track) => !returned.has(track.trackId));
    this.active.push(...tracks);
    return tracks.map((track, i) => face(track, found[i], nowS, true));
  }

  private shouldSearch(nowS: number): boolean {
    if (this.active.length >= this.options.maximumFaces) return false;
    if (this.active.length === 0 || nowS - this.lostAtS <= this.options.searchAfterLossS) return true;
    return nowS - this.searchedS >= this.options.searchEveryS;
  }

  private begin({ landmarksPx }: MeshFit, before: Track | null, nowS: number): Track {
    const { smoothing } = this.options;
    return {
      trackId: before ? before.trackId : this.nextId++,
      motion: Motion.begin(landmarksPx, nowS),
      rawPx: landmarksPx,
      filter: smoothing ? new OneEuro(smoothing) : null,
      missingSinceS: Infinity,
    };
  }
}
