/**
 * The values that flow: Frame -> Detection -> Face -> Scene, as in Python's `emoar/types.py`.
 *
 * Pixels belong to the unmirrored video frame: x right, y down. Times are seconds on the clock of `performance.now()`.
 */

import type { Picture } from "./image/picture";
import type { Probabilities } from "./labels";
import type { HeadDocument } from "./personal/head";

export type Stage = "detect" | "mesh" | "track" | "pose" | "classify" | "smooth" | "total";

/** Whether a face is usable for recognising its expression, and if not, why. */
export interface Quality {
  readonly usable: boolean;
  /** Keys of messages, such as "too_small"; empty when the face is usable. */
  readonly reasons: readonly string[];
  readonly eyeDistancePx: number;
  /** Variance of the Laplacian of the aligned crop over the variance of the crop. */
  readonly sharpness: number;
  /** Positive: the person turns to their left. */
  readonly yawDeg: number;
}

/** The expression of a face, with the decided probabilities of every label set. */
export interface Expression extends Probabilities {
  /** A FER+ label, or "unsure". */
  readonly label: string;
  /** Probability of the most likely label, 0..1: how often such a label is right; also when the label is "unsure". */
  readonly confidence: number;
  /** When `label` began. */
  readonly sinceS: number;
  /** Of the heads in this frame alone, before smoothing and the decision; absent where the face was not classified in it. */
  readonly rawProbabilities?: Probabilities;
}

/** The label of a personal head for a face. */
export interface PersonalLabel {
  /** One that somebody taught: a FER+ label or an own name. */
  readonly label: string;
  readonly confidence: number;
  /** When `label` began. */
  readonly sinceS: number;
}

/** One face in one frame. */
export interface Face {
  /** From 1; the same person keeps it through motion, crossing and short loss. */
  readonly trackId: number;
  /** [left, top, right, bottom] around the landmarks; may reach outside the picture. */
  readonly boxXyxyPx: readonly [number, number, number, number];
  /** (468 * 3,) x, y, z in pixels, z negative towards the camera. */
  readonly landmarksPx: Float32Array;
  /** The mesh model's probability that this is a face, 0..1. */
  readonly presence: number;
  /** (16,) head to camera, centimetres, right-handed, y up, the camera's axis is -Z; column-major, as three.js reads it. */
  readonly pose: Float32Array;
  readonly quality: Quality;
  readonly expression: Expression;
  /** Absent without a personal head, and for a face that is none of its labels. */
  readonly personal?: PersonalLabel;
  /** What the expression model sees in this frame; absent unless it was asked for, and where the face was not classified. */
  readonly features?: Float32Array;
}

/** A face that was found, but not read: the detector is sure of it, and the mesh does not see it. */
export interface UnreadFace {
  /** [left, top, right, bottom] of the detector. */
  readonly boxXyxyPx: readonly [number, number, number, number];
  /** Key of a message, such as "turned_away". */
  readonly reason: string;
  /** Of the detector, 0..1. */
  readonly score: number;
}

/** A frame and the faces in it, by ascending track id. */
export interface Scene {
  readonly frameIndex: number;
  /** Capture time of the frame. */
  readonly timeS: number;
  readonly widthPx: number;
  readonly heightPx: number;
  /** The vertical field of view that the poses assume. */
  readonly verticalFovDeg: number;
  readonly faces: readonly Face[];
  /** In a photo: faces that were found beyond the largest number, counted up to 80. */
  readonly facesLeftOut: number;
  /** Faces that were found, but not read; they are not among `faces`. */
  readonly facesUnread: readonly UnreadFace[];
  readonly timingsMs: Readonly<Partial<Record<Stage, number>>>;
}

/** A frame as it is to be shown, with what was found in it where it was inferred. */
export interface ShownFrame {
  readonly picture: Picture;
  readonly timeS: number;
  readonly scene: Scene | undefined;
}

/** Turns frames into scenes in a worker. Latest frame wins: a frame that comes during inference replaces the waiting one. */
export interface Perception {
  /** Fetches what `load` needs, starting nothing; what fails is left to `load`. */
  prefetch(): void;
  /** Starts it too, so that `load` has little left to do. */
  warm(): void;
  /** Loads the models; `progress` gets 0..1. Rejects with an `Error` whose message is a message key. */
  load(progress: (fraction: number) => void): Promise<void>;
  /** Takes frames from a camera's stream by itself, until the stream ends or another is given. */
  follow(stream: ReadableStream<VideoFrame>): void;
  /** Called when the browser cannot read a stream after all. */
  onStreamFailed(listener: () => void): () => void;
  /** While paused, frames of the stream are thrown away. */
  pause(paused: boolean): void;
  /** Takes ownership of the frame. */
  submit(frame: ImageBitmap | VideoFrame, timeS: number): void;
  /** Whether a submitted frame is in work. */
  readonly busy: boolean;
  /** Called with each frame to show; its picture is valid until the listener returns. */
  onFrame(listener: (frame: ShownFrame) => void): () => void;
  /** Called with each finished scene; returns a function that stops that. */
  onScene(listener: (scene: Scene) => void): () => void;
  /** One picture, small faces searched for. */
  photo(picture: ImageBitmap): Promise<Scene>;
  configure(options: Partial<PerceptionOptions>): void;
  reset(): void;
  close(): void;
}

/** Models of the expression of a face, the default first. */
export const EXPRESSION_MODELS = ["emoar-s", "emoar-m"] as const;
export type ExpressionModel = (typeof EXPRESSION_MODELS)[number];

export interface PerceptionOptions {
  readonly maxFaces: number;
  /** How long quality and expression of a face are kept; 0 classifies every frame. */
  readonly classifyEveryS: number;
  readonly model: ExpressionModel;
  /** Is used while the model is the one that it was trained on. */
  readonly personal: HeadDocument | undefined;
  /** Whether faces have their features. */
  readonly features: boolean;
  /** Whether frames are left out while nothing moves. */
  readonly restful: boolean;
}

/** The label that a face is shown with: that of somebody's own head where it has one, else the model's. */
export function shownLabel({ expression, personal }: Pick<Face, "expression" | "personal">): PersonalLabel {
  return personal ?? expression;
}
