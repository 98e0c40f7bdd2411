/** What is above a head stays inside the picture, as far as there is room. */

import { Vector3 } from "three";

import { type Box, project } from "../../maths/geometry";
import type { FaceState } from "./faceState";

export const EDGE = 0.01; // of the height that is seen, left free at the top

/**
 * Which part of the way from one point to another, from the first on, lies under the upper edge of what is seen: 0..1.
 *
 * @param shown the part of the scene's frame that is seen, in its pixels
 * @param fromCm in the head frame, like `toCm`
 */
export function shareInside({ matrix, scene }: Pick<FaceState, "matrix" | "scene">, shown: Box, fromCm: Vector3, toCm: Vector3): number {
  const height = (pointCm: Vector3): number => {
    const { x, y, z } = POINT.copy(pointCm).applyMatrix4(matrix);
    return project([x, y, z], scene.widthPx, scene.heightPx, scene.verticalFovDeg)[1];
  };
  const [from, to] = [height(fromCm), height(toCm)];
  const edge = shown[1] + EDGE * (shown[3] - shown[1]);
  if (to >= edge) return 1;
  return from <= edge ? 0 : (from - edge) / (from - to);
}

const POINT = new Vector3();
