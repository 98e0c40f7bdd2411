/** Recognition by the server that this page came from, only if the visitor chooses it, since the picture leaves the device. */

import { FERPLUS, FER2013 } from "../labels";
import type { Face, Scene } from "../types";

interface FaceAnswer {
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
  readonly landmarks_px: number[][];
}

export interface SceneAnswer {
  readonly width_px: number;
  readonly height_px: number;
  readonly faces: readonly FaceAnswer[];
  readonly faces_left_out?: number; // older servers do not send it
}

/** Calls `POST /v1/expressions`. Rejects with the message key photo.server_failed. */
export async function recogniseOnServer(picture: ImageBitmap): Promise<Scene> {
  const answer = await fetch(new URL("v1/expressions?landmarks=true", document.baseURI), {
    method: "POST",
    body: await toJpeg(picture),
    headers: { "Content-Type": "image/jpeg", Accept: "application/json" },
  }).catch(() => undefined);
  if (!answer?.ok) throw new Error("photo.server_failed");
  return sceneFromAnswer((await answer.json()) as SceneAnswer);
}

/** The scene of an answer ("emoar.scene/1", with landmarks) as the app's own. */
export function sceneFromAnswer(scene: SceneAnswer): Scene {
  return {
    frameIndex: 0,
    timeS: 0,
    widthPx: scene.width_px,
    heightPx: scene.height_px,
    verticalFovDeg: scene.faces[0]?.pose.vertical_fov_deg ?? 45,
    faces: scene.faces.map(faceFromAnswer),
    facesLeftOut: scene.faces_left_out ?? 0,
    timingsMs: {},
  };
}

function faceFromAnswer(face: FaceAnswer): Face {
  const { expression, quality, pose } = face;
  const columns = [0, 1, 2, 3].flatMap((column) => pose.matrix.map((row) => row[column]));
  const shares = (name: "ferplus" | "fer2013", labels: readonly string[]) => Float32Array.from(labels, (label) => expression[name]?.[label] ?? 0);
  return {
    trackId: face.track_id,
    boxXyxyPx: face.box_xyxy_px,
    landmarksPx: Float32Array.from(face.landmarks_px.flat()),
    presence: face.presence,
    pose: Float32Array.from(columns),
    quality: {
      usable: quality.usable,
      reasons: quality.reasons.map((reason) => reason.replaceAll(" ", "_")), // plain words there, message keys here
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

async function toJpeg(picture: ImageBitmap): Promise<Blob> {
  const canvas = new OffscreenCanvas(picture.width, picture.height);
  canvas.getContext("2d")!.drawImage(picture, 0, 0);
  return canvas.convertToBlob({ type: "image/jpeg", quality: 0.95 });
}
