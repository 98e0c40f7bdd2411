/** Scenes as the server and Python's files write them ("emoar.scene/1"). */

import { CANONICAL_FACE } from "../canonical";
import { FER2013, FERPLUS } from "../labels";
import { focalPx, project } from "../maths/geometry";
import type { Face, Scene } from "../types";

interface FaceDocument {
  readonly track_id: number;
  readonly box_xyxy_px: [number, number, number, number];
  readonly presence: number;
  readonly pose: { readonly matrix: number[][]; readonly vertical_fov_deg: number };
  readonly quality: { usable: boolean; reasons: string[]; eye_distance_px: number; sharpness: number; yaw_deg: number };
  readonly expression: {
    readonly label: string;
    readonly confidence: number;
    readonly since_s: number;
    readonly ferplus?: Readonly<Record<string, number>>;
    readonly fer2013?: Readonly<Record<string, number>>;
  };
  /** Only where they were asked for. */
  readonly landmarks_px?: number[][];
}

interface UnreadDocument {
  readonly box_xyxy_px: [number, number, number, number];
  readonly score: number;
  readonly reason: string;
}

export interface SceneDocument {
  readonly source?: string;
  readonly frame_index?: number;
  readonly time_s?: number;
  readonly width_px: number;
  readonly height_px: number;
  readonly faces: readonly FaceDocument[];
  readonly faces_left_out?: number; // older servers do not send it
  readonly faces_unread?: readonly UnreadDocument[]; // nor this
}

/** The scene of a document as the app's own. Faces without landmarks get those of the average face in their pose. */
export function sceneFromDocument(scene: SceneDocument): Scene {
  return {
    frameIndex: scene.frame_index ?? 0,
    timeS: scene.time_s ?? 0,
    widthPx: scene.width_px,
    heightPx: scene.height_px,
    verticalFovDeg: scene.faces[0]?.pose.vertical_fov_deg ?? 45,
    faces: scene.faces.map((face) => faceFromDocument(face, scene)),
    facesLeftOut: scene.faces_left_out ?? 0,
    facesUnread: (scene.faces_unread ?? []).map(({ box_xyxy_px, reason, score }) => ({
      boxXyxyPx: box_xyxy_px,
      reason: reasonKey(reason),
      score,
    })),
    timingsMs: {},
  };
}

/** The key of a message for the plain words of a document. */
function reasonKey(words: string): string {
  return words.startsWith("cut off") ? "cut_off" : words.replaceAll(" ", "_");
}

function faceFromDocument(face: FaceDocument, scene: SceneDocument): Face {
  const { expression, quality, pose } = face;
  const columns = [0, 1, 2, 3].flatMap((column) => pose.matrix.map((row) => row[column]));
  const shares = (name: "ferplus" | "fer2013", labels: readonly string[]) => Float32Array.from(labels, (label) => expression[name]?.[label] ?? 0);
  return {
    trackId: face.track_id,
    boxXyxyPx: face.box_xyxy_px,
    landmarksPx: face.landmarks_px ? Float32Array.from(face.landmarks_px.flat()) : averageFace(face, scene),
    presence: face.presence,
    pose: Float32Array.from(columns),
    quality: {
      usable: quality.usable,
      reasons: quality.reasons.map(reasonKey),
      eyeDistancePx: quality.eye_distance_px,
      sharpness: quality.sharpness,
      yawDeg: quality.yaw_deg,
    },
    expression: {
      label: expression.label,
      confidence: expression.confidence,
      ferplus: shares("ferplus", FERPLUS),
      fer2013: shares("fer2013", FER2013),
      sinceS: expression.since_s,
    },
  };
}

/** (468 * 3,) the average face in the pose of a face, in pixels; z has the scale of x. */
function averageFace({ pose: { matrix, vertical_fov_deg } }: FaceDocument, { width_px, height_px }: SceneDocument): Float32Array {
  const { verticesCm } = CANONICAL_FACE;
  const out = new Float32Array(verticesCm.length);
  const scale = focalPx(height_px, vertical_fov_deg) / Math.max(-matrix[2][3], 1);
  for (let i = 0; i < out.length; i += 3) {
    const [x, y, z] = matrix.slice(0, 3).map((row) => row[0] * verticesCm[i] + row[1] * verticesCm[i + 1] + row[2] * verticesCm[i + 2] + row[3]);
    out.set(project([x, y, Math.min(z, -1)], width_px, height_px, vertical_fov_deg), i);
    out[i + 2] = -scale * (z - matrix[2][3]);
  }
  return out;
}
