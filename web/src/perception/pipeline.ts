/** The stages in order: frame in, scene out. */

import { boxOfPoints } from "../geometry";
import type { Models } from "../runtime";
import type { Expression, Face, Quality, Scene } from "../types";
import { align } from "./align";
import { ExpressionClassifier } from "./classify";
import { FaceDetector } from "./detect";
import { FaceMesh } from "./mesh";
import type { Picture } from "./picture";
import { DEFAULT_VERTICAL_FOV_DEG, PoseFitter } from "./pose";
import { assess } from "./quality";
import { ExpressionSmoother, SMOOTHER } from "./smooth";
import { FaceTracker, TRACKER, type TrackedFace } from "./track";

const SMALLEST_PHOTO_FACE_PX = 24;
const TIME_SLACK_S = 1e-4; // frame times are rounded

export interface PipelineOptions {
  /** Photo: each picture by itself, and small faces are searched for. */
  readonly mode: "live" | "photo";
  readonly maxFaces: number;
  /** Live: quality and expression of a face are kept for so long; 0 judges every frame. */
  readonly judgeEveryS: number;
}

/** The stages that hold a model; a live pipeline and one for photos share them. */
export interface Stages {
  readonly detector: FaceDetector;
  readonly mesh: FaceMesh;
  readonly classifier: ExpressionClassifier;
}

export async function loadStages(models: Models, expressionModel: string): Promise<Stages> {
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

interface Judgement {
  readonly quality: Quality;
  readonly expression: Expression;
  /** Of the frame that was judged. */
  readonly timeS: number;
}

/** Turns frames into scenes. One source at a time, one frame at a time; `reset` between sources. */
export class Pipeline {
  private readonly tracker: FaceTracker;
  private readonly pose = new PoseFitter(DEFAULT_VERTICAL_FOV_DEG);
  private readonly smoother: ExpressionSmoother;
  private poses = new Map<number, Float32Array>();
  private judgements = new Map<number, Judgement>();
  private classifier: ExpressionClassifier;

  constructor(
    stages: Stages,
    private options: PipelineOptions,
    private readonly now: () => number = () => performance.now(),
  ) {
    const photo = options.mode === "photo";
    const alone = { smallestFacePx: SMALLEST_PHOTO_FACE_PX, smoothing: null };
    const tracker = { ...TRACKER, maximumFaces: options.maxFaces, ...(photo ? alone : {}) };
    this.tracker = new FaceTracker(stages.detector, stages.mesh, tracker, now);
    this.smoother = new ExpressionSmoother(photo ? { ...SMOOTHER, timeConstantS: 0 } : SMOOTHER);
    this.classifier = stages.classifier;
  }

  configure(options: Partial<Omit<PipelineOptions, "mode">>): void {
    this.options = { ...this.options, ...options };
    this.tracker.configure({ maximumFaces: this.options.maxFaces });
  }

  /** Judges with another model from now on. */
  useClassifier(classifier: ExpressionClassifier): void {
    this.classifier = classifier;
    this.smoother.reset();
    this.judgements.clear();
  }

  async run({ picture, timeS, index }: TimedPicture): Promise<Scene> {
    const started = this.now();
    if (this.options.mode === "photo") this.reset();
    const { widthPx, heightPx } = picture;
    const tracked = await this.tracker.track({ picture, timeS });
    const trackedAt = this.now();
    const poses = new Map(tracked.map((face) => [face.trackId, this.fitPose(face, picture)]));
    const posedAt = this.now();
    const judgements = await this.judgeFaces(tracked, poses, picture, timeS);
    const faces = tracked.map((face) => toFace(face, poses.get(face.trackId)!, judgements.get(face.trackId)!));
    this.poses = poses;
    this.judgements = judgements;
    this.smoother.keepOnly(this.tracker.knownIds());
    const done = this.now();
    const { detect, mesh } = this.tracker.timingsMs;
    const track = trackedAt - started - detect - mesh;
    const timingsMs = { detect, mesh, track, pose: posedAt - trackedAt, expression: done - posedAt, total: done - started };
    return { frameIndex: index, timeS, widthPx, heightPx, verticalFovDeg: this.pose.verticalFovDeg, faces, timingsMs };
  }

  /** Forgets all faces, as for a new source. */
  reset(): void {
    this.tracker.reset();
    this.smoother.reset();
    this.poses.clear();
    this.judgements.clear();
  }

  private fitPose(face: TrackedFace, { widthPx, heightPx }: Picture): Float32Array {
    const before = face.isNew ? undefined : this.poses.get(face.trackId);
    return this.pose.fit(face.landmarksPx, widthPx, heightPx, before);
  }

  /** The judgement of each face: the last one while it is fresh, else a new one. */
  private async judgeFaces(
    tracked: readonly TrackedFace[],
    poses: ReadonlyMap<number, Float32Array>,
    picture: Picture,
    timeS: number,
  ): Promise<Map<number, Judgement>> {
    const newestS = timeS - this.options.judgeEveryS + TIME_SLACK_S;
    const judgements = new Map<number, Judgement>();
    for (const { trackId, landmarksPx, isNew } of tracked) {
      const before = isNew ? undefined : this.judgements.get(trackId);
      if (before && before.timeS > newestS) {
        judgements.set(trackId, before);
        continue;
      }
      const crop = align(picture, landmarksPx);
      const probabilities = await this.classifier.classify(crop);
      const quality = assess(landmarksPx, poses.get(trackId)!, crop, picture.widthPx, picture.heightPx);
      const expression = this.smoother.smooth(trackId, timeS, probabilities, quality.judged);
      judgements.set(trackId, { quality, expression, timeS });
    }
    return judgements;
  }
}

function toFace(face: TrackedFace, pose: Float32Array, { quality, expression }: Judgement): Face {
  const { trackId, landmarksPx, presence } = face;
  return { trackId, boxXyxyPx: boxOfPoints(landmarksPx, 3), landmarksPx, presence, pose, quality, expression };
}
