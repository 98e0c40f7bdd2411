/** The 468-point face mesh inside a region of the picture, and the regions to fit it in. */

import { LANDMARK_COUNT } from "../canonical";
import { LEFT_EYE_OUTER, RIGHT_EYE_OUTER } from "../faceLandmarks";
import {
  applyAffine,
  boxOfPoints,
  invertAffine,
  landmark,
  regionMatrix,
  type Affine,
  type Point,
  type Region,
} from "../maths/geometry";
import { warpRgb, type Picture } from "../image/picture";
import type { Models, Session } from "../modelSession";
import type { Detection } from "./anchors";

export const INPUT_PX = 192;
export const REGION_SCALE = 1.5; // of the face's longer side: the framing that the model was trained on
/** Two regions that differ by less give the same mesh, to 1 % of the eye distance (docs/decisions/0013). */
export const SAME_PLACE = 0.04; // of the side: how far the centres are apart
export const SAME_SIDE = 0.06; // of the side
export const SAME_ANGLE_RAD = (5 * Math.PI) / 180;

/** What the mesh model found in one region. */
export interface MeshFit {
  /** (468 * 3,) in the picture. */
  readonly landmarksPx: Float32Array;
  /** 0..1, that there is a face at all. */
  readonly presence: number;
}

/** Fits the mesh to one face at a time. */
export class FaceMesh {
  private constructor(private readonly session: Session) {}

  static async load(models: Models): Promise<FaceMesh> {
    const outputs = { landmarks: [1, 1, 1, 3 * LANDMARK_COUNT], presence: [1, 1, 1, 1] };
    return new FaceMesh(await models.open("face_landmark", [1, INPUT_PX, INPUT_PX, 3], outputs));
  }

  /** Landmarks of the face in that region of the picture, whether or not there is one. */
  async fit(picture: Picture, region: Region): Promise<MeshFit> {
    const matrix = regionMatrix(region, INPUT_PX);
    warpRgb(picture, matrix, INPUT_PX, 1 / 255, this.session.input);
    const { landmarks, presence } = await this.session.run();
    return {
      landmarksPx: toPicture(landmarks, matrix, region.sidePx / INPUT_PX),
      presence: 1 / (1 + Math.exp(-Math.min(Math.max(presence[0], -50), 50))),
    };
  }

  close(): void {
    this.session.close();
  }
}

/** (468 * 3,) landmarks in pixels of a crop to pixels of the picture; `matrix` leads from picture to crop; z is only scaled. */
export function toPicture(landmarks: Float32Array, matrix: Affine, growth: number): Float32Array {
  const back = invertAffine(matrix);
  const out = new Float32Array(landmarks.length);
  for (let i = 0; i < landmarks.length; i += 3) {
    const [x, y] = applyAffine(back, landmarks[i], landmarks[i + 1]);
    out[i] = x;
    out[i + 1] = y;
    out[i + 2] = landmarks[i + 2] * growth;
  }
  return out;
}

/** Where to fit the mesh of a detected face: its box, turned upright by the eyes. */
export function regionOfDetection({ box: [left, top, right, bottom], keypoints }: Detection): Region {
  return {
    centreXPx: (left + right) / 2,
    centreYPx: (top + bottom) / 2,
    sidePx: Math.max(right - left, bottom - top) * REGION_SCALE,
    angleRad: angle(keypoints[0], keypoints[1]),
  };
}

/** Where to fit the mesh in the next frame: around the (468 * 3,) landmarks, upright by the eyes. */
export function regionOfLandmarks(landmarksPx: Float32Array): Region {
  const angleRad = angle(landmark(landmarksPx, RIGHT_EYE_OUTER), landmark(landmarksPx, LEFT_EYE_OUTER));
  const [cos, sin] = [Math.cos(angleRad), Math.sin(angleRad)];
  const upright = new Float64Array((2 * landmarksPx.length) / 3);
  for (let i = 0, out = 0; i < landmarksPx.length; i += 3) {
    const [x, y] = [landmarksPx[i], landmarksPx[i + 1]];
    upright[out++] = cos * x + sin * y;
    upright[out++] = cos * y - sin * x;
  }
  const [left, top, right, bottom] = boxOfPoints(upright, 2);
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  return {
    centreXPx: cos * x - sin * y,
    centreYPx: sin * x + cos * y,
    sidePx: Math.max(right - left, bottom - top) * REGION_SCALE,
    angleRad,
  };
}

/** Whether two regions are so near that the mesh may be fitted in either. */
export function sameRegion(a: Region, b: Region): boolean {
  const turn = a.angleRad - b.angleRad;
  return (
    Math.hypot(a.centreXPx - b.centreXPx, a.centreYPx - b.centreYPx) < SAME_PLACE * b.sidePx &&
    Math.abs(a.sidePx - b.sidePx) < SAME_SIDE * b.sidePx &&
    Math.abs(Math.atan2(Math.sin(turn), Math.cos(turn))) < SAME_ANGLE_RAD
  );
}

/** Roll of the eye line in radians, clockwise in the picture. */
function angle(rightEye: Point, leftEye: Point): number {
  return Math.atan2(leftEye[1] - rightEye[1], leftEye[0] - rightEye[0]);
}
