/** The canonical face: 468 points in centimetres, their texture coordinates and triangles; Python reads the same file. */

import document from "../../src/emoar/face_geometry.json";

export const LANDMARK_COUNT = 468;

export interface CanonicalFace {
  /** (468 * 3,) in the head frame: x to the person's left, y up, z out of the face. */
  readonly verticesCm: Float32Array;
  /** (468 * 2,) 0..1, from the upper left of the texture. */
  readonly uv: Float32Array;
  /** (898 * 3,) counter-clockwise seen from the front. */
  readonly triangles: Uint16Array;
}

export const CANONICAL_FACE: CanonicalFace = {
  verticesCm: new Float32Array(document.vertices_cm.flat()),
  uv: new Float32Array(document.uv.flat()),
  triangles: new Uint16Array(document.triangles.flat()),
};
