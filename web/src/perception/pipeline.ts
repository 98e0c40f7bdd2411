/** The stages in order: frame in, scene out. */

import type { GreyPicture, Picture } from "../image/picture";
import type { Probabilities } from "../labels";
import { boxOfPoints } from "../maths/geometry";
import type { Models } from "../modelSession";
import type { PersonalHead } from "../personal/head";
import type { Face, Quality, Scene } from "../types";
import { align } from "./align";
import { type Classification, ExpressionClassifier } from "./classifier";
import { blended, type Decision, secondShare } from "../face/decide";
import { FaceDetector } from "./detect";
import { FaceMesh } from "./mesh";
import { assumedFovDeg, PoseFitter } from "./pose";
import { assess } from "./quality";
import { between, ExpressionSmoother, isDue, PersonalSmoother, SMOOTHER, type SmoothedExpression, type SmoothedPersonal } from "./smooth";
import { Stopwatch } from "./stopwatch";
import { FaceTracker, TRACKER, type TrackedFace } from "./track";

export const SMALLEST_PHOTO_FACE_PX = 24;
export const MAXIMUM_LIVE_FACES = 4;
export const MAXIMUM_PHOTO_FACES = 20;
export const COUNTED_PHOTO_FACES = 80; // beyond the maximum: `Scene.facesLeftOut`

export interface PipelineOptions {
  /** Photo: every picture is a new source, and small faces are searched for. */
  readonly mode: "live" | "photo";
  readonly maxFaces: number;
  /** Live: how long quality and expression of a face that moves are kept; 0 classifies every frame. */
  readonly classifyEveryS: number;
  /** Whether faces have their features, at the full rate; no by default. */
  readonly features?: boolean;
}

/** The stages that hold a model; a live pipeline and one for photos share them. */
export interface Stages {
  readonly detector: Pick<FaceDetector, "detect" | "detectSmall">;
  readonly mesh: Pick<FaceMesh, "fit">;
  readonly classifier: Pick<ExpressionClassifier, "classify" | "classifyAgain"> & Partial<Pick<ExpressionClassifier, "decision">>;
}

export async function loadStages(
  models: Models,
  expressionModel: string,
  decision?: Decision,
): Promise<Stages & { readonly classifier: ExpressionClassifier }> {
  return {
    detector: await FaceDetector.load(models),
    mesh: await FaceMesh.load(models),
    classifier: await ExpressionClassifier.load(models, expressionModel, decision),
  };
}

export interface TimedPicture {
  readonly picture: Picture;
  readonly timeS: number;
  readonly index: number;
}

/** What is kept of one track from frame to frame. */
interface FaceState {
  readonly pose: Float32Array;
  readonly quality: Quality;
  readonly smoothed: SmoothedExpression;
  readonly personal?: SmoothedPersonal | undefined;
  /** Of this frame, where it was classified. */
  readonly features?: Float32Array | undefined;
  /** Landmarks of the frame in which quality and expression were computed. */
  readonly shapePx: Float32Array;
}

/** What a frame adds to the quality and the expression of a face. */
interface Classified {
  readonly crop: GreyPicture;
  readonly classification: Classification;
  /** The second prediction, where it was asked for. */
  readonly second?: Probabilities;
}

/** Turns frames into scenes. One source at a time, one frame at a time; `reset` between sources. */
export class Pipeline {
  private readonly stopwatch: Stopwatch;
  private readonly tracker: FaceTracker;
  private smoother: ExpressionSmoother;
  /** By track id. */
  private states: ReadonlyMap<number, FaceState> = new Map();
  /** Of the last frame. */
  private timeS = -Infinity;
  private classifier: Stages["classifier"];
  private personal: PersonalSmoother | undefined;

  constructor(
    { detector, mesh, classifier }: Stages,
    private options: PipelineOptions,
    now: () => number = () => performance.now(),
  ) {
    const photo = options.mode === "photo";
    const photoTracker = {
      smallestFacePx: SMALLEST_PHOTO_FACE_PX,
      everyDirection: true,
      countedFaces: COUNTED_PHOTO_FACES,
      smoothing: null,
    };
    const tracker = { ...TRACKER, maximumFaces: options.maxFaces, ...(photo ? photoTracker : {}) };
    this.stopwatch = new Stopwatch(now);
    this.tracker = new FaceTracker(detector, mesh, tracker, this.stopwatch);
    this.smoother = this.smootherOf(classifier);
    this.classifier = classifier;
  }

  configure(options: Partial<Omit<PipelineOptions, "mode">>): void {
    this.options = { ...this.options, ...options };
    this.tracker.configure({ maximumFaces: this.options.maxFaces });
  }

  /** Classifies with another model from now on. */
  useClassifier(classifier: Stages["classifier"]): void {
    this.classifier = classifier;
    this.smoother = this.smootherOf(classifier);
    this.states = new Map();
  }

  /** Uses a personal head, which must be of the classifier's model, or none, from now on. */
  usePersonal(head: PersonalHead | undefined): void {
    const options = this.options.mode === "photo" ? { ...SMOOTHER, timeConstantS: 0 } : SMOOTHER;
    this.personal = head && new PersonalSmoother(head, options);
    this.states = new Map([...this.states].map(([trackId, state]) => [trackId, { ...state, personal: undefined }]));
  }

  async run({ picture, timeS, index }: TimedPicture): Promise<Scene> {
    const { stopwatch } = this;
    stopwatch.restart();
    if (this.options.mode === "photo" || timeS < this.timeS) this.reset(); // an earlier time begins a new source
    this.timeS = timeS;
    const tracked = await stopwatch.measure("track", () => this.tracker.track({ picture, timeS }));
    const fitter = new PoseFitter(assumedFovDeg(picture.widthPx, picture.heightPx));
    const poses = await stopwatch.measure("pose", () => tracked.map((face) => this.fitPose(fitter, face, picture)));
    const classified = await stopwatch.measure("classify", () => this.classify(tracked, picture, timeS));
    const states = await stopwatch.measure("smooth", () =>
      tracked.map((face, i) => this.nextState(face, poses[i], classified.get(face.trackId), picture, timeS)),
    );
    this.keep(tracked, states);
    const faces = tracked.map((face, i) => this.toFace(face, states[i]));
    const { widthPx, heightPx } = picture;
    return {
      frameIndex: index,
      timeS,
      widthPx,
      heightPx,
      verticalFovDeg: fitter.verticalFovDeg,
      faces,
      facesLeftOut: this.tracker.leftOut,
      facesUnread: this.tracker.unread.map(({ box, reason, score }) => ({ boxXyxyPx: box, reason, score })),
      timingsMs: stopwatch.timingsMs,
    };
  }

  /** Forgets all faces, as for a new source. */
  reset(): void {
    this.tracker.reset();
    this.states = new Map();
    this.timeS = -Infinity;
  }

  private smootherOf({ decision }: Stages["classifier"]): ExpressionSmoother {
    return new ExpressionSmoother(this.options.mode === "photo" ? { ...SMOOTHER, timeConstantS: 0 } : SMOOTHER, decision);
  }

  private fitPose(
    fitter: PoseFitter,
    { trackId, landmarksPx, isNew }: TrackedFace,
    { widthPx, heightPx }: Picture,
  ): Float32Array {
    const before = isNew ? undefined : this.states.get(trackId);
    return fitter.fit(landmarksPx, widthPx, heightPx, before?.pose);
  }

  /** Whether quality and expression of the face are to be computed in this frame. */
  private isDue({ trackId, landmarksPx, isNew }: TrackedFace, timeS: number): boolean {
    const before = isNew ? undefined : this.states.get(trackId);
    if (!before) return true;
    const moves = this.options.features || before.personal?.isSteady === false;
    const smoothed = moves ? { ...before.smoothed, isSteady: false } : before.smoothed;
    return isDue(smoothed, before.shapePx, timeS, landmarksPx, this.options.classifyEveryS);
  }

  /** By track id, for the faces that are due. */
  private async classify(
    tracked: readonly TrackedFace[],
    picture: Picture,
    timeS: number,
  ): Promise<ReadonlyMap<number, Classified>> {
    const classified = new Map<number, Classified>();
    for (const face of tracked) {
      if (!this.isDue(face, timeS)) continue;
      const crop = align(picture, face.landmarksPx);
      const classification = await this.classifier.classify(crop);
      const asks = this.smoother.asksSecond(this.states.get(face.trackId)?.smoothed, timeS);
      const share = asks ? secondShare(classification) : 0;
      const second = share > 0 ? blended(classification, await this.classifier.classifyAgain(crop), share) : classification;
      classified.set(face.trackId, { crop, classification, ...(asks && { second }) });
    }
    return classified;
  }

  /** The state of a face after this frame. */
  private nextState(
    { trackId, landmarksPx }: TrackedFace,
    pose: Float32Array,
    classified: Classified | undefined,
    { widthPx, heightPx }: Picture,
    timeS: number,
  ): FaceState {
    const before = this.states.get(trackId);
    if (!classified) {
      const smoothed = between(before!.smoothed, timeS, this.options.classifyEveryS);
      const personal = before!.personal && { ...before!.personal, timeS: smoothed.timeS };
      return { ...before!, pose, smoothed, personal, features: undefined };
    }
    const { crop, classification, second } = classified;
    const quality = assess(landmarksPx, pose, crop, widthPx, heightPx);
    const smoothed = this.smoother.smooth(before?.smoothed, timeS, classification, quality.usable, second);
    const { features } = classification;
    const personal = this.personal?.smooth(before?.personal, timeS, features, quality.usable);
    return { pose, quality, smoothed, personal, features, shapePx: landmarksPx };
  }

  /** Keeps the states of the faces in view, and of lost ones that may return. */
  private keep(tracked: readonly TrackedFace[], states: readonly FaceState[]): void {
    const all = new Map([...this.states, ...tracked.map((face, i) => [face.trackId, states[i]] as const)]);
    const known = this.tracker.knownIds();
    this.states = new Map([...all].filter(([trackId]) => known.has(trackId)));
  }

  private toFace(face: TrackedFace, { pose, quality, smoothed: { expression }, personal, features }: FaceState): Face {
    const { trackId, landmarksPx, presence } = face;
    const label = personal && this.personal?.labelOf(personal);
    const more = { ...(label && { personal: label }), ...(this.options.features && features && { features }) };
    return { trackId, boxXyxyPx: boxOfPoints(landmarksPx, 3), landmarksPx, presence, pose, quality, expression, ...more };
  }
}
