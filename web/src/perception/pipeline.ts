/** The stages in order: frame in, scene out. */

import { boxOfPoints } from "../geometry";
import type { Models } from "../modelSession";
import type { Expression, Face, Quality, Scene } from "../types";
import { align } from "./align";
import { ExpressionClassifier } from "./classifier";
import { FaceDetector } from "./detect";
import { FaceMesh } from "./mesh";
import type { Picture } from "./picture";
import { DEFAULT_VERTICAL_FOV_DEG, PoseFitter } from "./pose";
import { assess } from "./quality";
import { ExpressionSmoother, SMOOTHER } from "./smooth";
import { Stopwatch } from "./stopwatch";
import { FaceTracker, TRACKER, type TrackedFace } from "./track";

export const SMALLEST_PHOTO_FACE_PX = 24;
export const TIME_SLACK_S = 1e-4; // frame times are rounded

export interface PipelineOptions {
  /** Photo: each picture by itself, and small faces are searched for. */
  readonly mode: "live" | "photo";
  readonly maxFaces: number;
  /** Live: quality and expression of a face are kept for so long; 0 classifies every frame. */
  readonly classifyEveryS: number;
}

/** The stages that hold a model; a live pipeline and one for photos share them. */
export interface Stages {
  readonly detector: Pick<FaceDetector, "detect" | "detectSmall">;
  readonly mesh: Pick<FaceMesh, "fit">;
  readonly classifier: Pick<ExpressionClassifier, "classify">;
}

export async function loadStages(
  models: Models,
  expressionModel: string,
): Promise<Stages & { readonly classifier: ExpressionClassifier }> {
  return {
    detector: await FaceDetector.load(models),
    mesh: await FaceMesh.load(models),
    classifier: await ExpressionClassifier.load(models, expressionModel),
  };
}

export interface TimedPicture {
  readonly picture: Picture;
  readonly timeS: number;
  readonly index: number;
}

/** What is known of a tracked face. */
interface FaceState {
  readonly pose: Float32Array;
  readonly quality: Quality;
  readonly expression: Expression;
  /** Of the frame that quality and expression are from. */
  readonly timeS: number;
}

/** A tracked face with its pose in this frame, and what was known of it before. */
interface PosedFace {
  readonly face: TrackedFace;
  readonly pose: Float32Array;
  readonly before: FaceState | undefined;
}

/** Turns frames into scenes. One source at a time, one frame at a time; `reset` between sources. */
export class Pipeline {
  private readonly stopwatch: Stopwatch;
  private readonly tracker: FaceTracker;
  private readonly pose = new PoseFitter(DEFAULT_VERTICAL_FOV_DEG);
  private readonly smoother: ExpressionSmoother;
  private states: ReadonlyMap<number, FaceState> = new Map();
  private classifier: Stages["classifier"];

  constructor(
    { detector, mesh, classifier }: Stages,
    private options: PipelineOptions,
    now: () => number = () => performance.now(),
  ) {
    const photo = options.mode === "photo";
    const photoTracker = { smallestFacePx: SMALLEST_PHOTO_FACE_PX, smoothing: null };
    const tracker = { ...TRACKER, maximumFaces: options.maxFaces, ...(photo ? photoTracker : {}) };
    this.stopwatch = new Stopwatch(now);
    this.tracker = new FaceTracker(detector, mesh, tracker, this.stopwatch);
    this.smoother = new ExpressionSmoother(photo ? { ...SMOOTHER, timeConstantS: 0 } : SMOOTHER);
    this.classifier = classifier;
  }

  configure(options: Partial<Omit<PipelineOptions, "mode">>): void {
    this.options = { ...this.options, ...options };
    this.tracker.configure({ maximumFaces: this.options.maxFaces });
  }

  /** Classifies with another model from now on. */
  useClassifier(classifier: Stages["classifier"]): void {
    this.classifier = classifier;
    this.smoother.reset();
    this.states = new Map([...this.states].map(([trackId, state]) => [trackId, { ...state, timeS: -Infinity }]));
  }

  async run({ picture, timeS, index }: TimedPicture): Promise<Scene> {
    const { stopwatch } = this;
    stopwatch.restart();
    if (this.options.mode === "photo") this.reset();
    const tracked = await stopwatch.measure("track", () => this.tracker.track({ picture, timeS }));
    const posed = await stopwatch.measure("pose", () => tracked.map((face) => this.fitPose(face, picture)));
    this.states = await stopwatch.measure("expression", () => this.classifyFaces(posed, picture, timeS));
    this.smoother.keepOnly(this.tracker.knownIds());
    const faces = tracked.map((face) => toFace(face, this.states.get(face.trackId)!));
    const { widthPx, heightPx } = picture;
    const { verticalFovDeg } = this.pose;
    return { frameIndex: index, timeS, widthPx, heightPx, verticalFovDeg, faces, timingsMs: stopwatch.timingsMs };
  }

  /** Forgets all faces, as for a new source. */
  reset(): void {
    this.tracker.reset();
    this.smoother.reset();
    this.states = new Map();
  }

  private fitPose(face: TrackedFace, { widthPx, heightPx }: Picture): PosedFace {
    const before = face.isNew ? undefined : this.states.get(face.trackId);
    return { face, pose: this.pose.fit(face.landmarksPx, widthPx, heightPx, before?.pose), before };
  }

  /** The state of each face: quality and expression are kept while they are fresh, else classified again. */
  private async classifyFaces(
    posed: readonly PosedFace[],
    picture: Picture,
    timeS: number,
  ): Promise<ReadonlyMap<number, FaceState>> {
    const newestS = timeS - this.options.classifyEveryS + TIME_SLACK_S;
    const states = new Map<number, FaceState>();
    for (const { face, pose, before } of posed) {
      const fresh = before && before.timeS > newestS;
      states.set(face.trackId, fresh ? { ...before, pose } : await this.classify(face, pose, picture, timeS));
    }
    return states;
  }

  /** Align, classify, assess the quality, smooth. */
  private async classify(
    { trackId, landmarksPx }: TrackedFace,
    pose: Float32Array,
    picture: Picture,
    timeS: number,
  ): Promise<FaceState> {
    const crop = align(picture, landmarksPx);
    const probabilities = await this.classifier.classify(crop);
    const quality = assess(landmarksPx, pose, crop, picture.widthPx, picture.heightPx);
    const expression = this.smoother.smooth(trackId, timeS, probabilities, quality.usable);
    return { pose, quality, expression, timeS };
  }
}

function toFace(face: TrackedFace, { pose, quality, expression }: FaceState): Face {
  const { trackId, landmarksPx, presence } = face;
  return { trackId, boxXyxyPx: boxOfPoints(landmarksPx, 3), landmarksPx, presence, pose, quality, expression };
}
