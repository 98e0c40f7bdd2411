/** Scenes that Python wrote ("emoar.scene/1", with landmarks) as the browser's scenes. */

import { FER2013, FERPLUS } from "../labels";
import type { Face, Scene } from "../types";

interface FaceDocument {
  readonly track_id: number;
  readonly box_xyxy_px: [number, number, number, number];
  readonly presence: number;
  readonly pose: { readonly matrix: number[][]; readonly vertical_fov_deg: number };
  readonly quality: { judged: boolean; reasons: string[]; eye_distance_px: number; sharpness: number; yaw_deg: number };
  readonly expression: {
    readonly label: string;
    readonly confidence: number;
    readonly since_s: number;
    readonly ferplus: Record<string, number>;
    readonly fer2013: Record<string, number>;
  };
  readonly landmarks_px: number[][];
}

export interface SceneDocument {
  readonly frame_index: number;
  readonly time_s: number;
  readonly width_px: number;
  readonly height_px: number;
  readonly faces: readonly FaceDocument[];
}

export function sceneFromDocument(document: SceneDocument): Scene {
  return {
    frameIndex: document.frame_index,
    timeS: document.time_s,
    widthPx: document.width_px,
    heightPx: document.height_px,
    verticalFovDeg: document.faces[0]?.pose.vertical_fov_deg ?? 45,
    faces: document.faces.map(faceFromDocument),
    timingsMs: {},
  };
}

function faceFromDocument(face: FaceDocument): Face {
  const { quality, expression } = face;
  const columns = [0, 1, 2, 3].flatMap((column) => face.pose.matrix.map((row) => row[column]));
  return {
    trackId: face.track_id,
    boxXyxyPx: face.box_xyxy_px,
    landmarksPx: Float32Array.from(face.landmarks_px.flat()),
    presence: face.presence,
    pose: Float32Array.from(columns),
    quality: {
      judged: quality.judged,
      reasons: quality.reasons,
      eyeDistancePx: quality.eye_distance_px,
      sharpness: quality.sharpness,
      yawDeg: quality.yaw_deg,
    },
    expression: {
      label: expression.label,
      confidence: expression.confidence,
      ferplus: Float32Array.from(FERPLUS.map((label) => expression.ferplus[label])),
      fer2013: Float32Array.from(FER2013.map((label) => expression.fer2013[label])),
      sinceS: expression.since_s,
    },
  };
}
