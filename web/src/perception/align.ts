/** The aligned crop that an expression model gets: the face in the mean framing of FER2013. */

import framing from "../../../src/emoar/perception/fer2013_framing.json";
import { ALIGNMENT_POINTS } from "../faceLandmarks";
import { shrinkGrey, toGrey, warpGrey, type GreyPicture, type Picture } from "../image/picture";
import { applyAffine, forPart, invertAffine, similarityBetween, type Affine, type Point } from "../maths/geometry";

export const CROP_PX = 48;

/** Where FER2013 has these points on average, in pixels of the crop. */
const ALIGNMENT_TEMPLATE_PX: readonly Point[] = framing.points_px.map(([x, y]) => [x, y]);

/** The grey crop of the face with those (468 * 3,) landmarks; beyond the picture's edge the nearest pixels are repeated. */
export function align(picture: Picture, landmarksPx: Float32Array): GreyPicture {
  const { part, matrix } = shrink(picture, alignmentMatrix(landmarksPx));
  return warpGrey(part, matrix, CROP_PX);
}

/** The similarity from the picture to the crop. */
export function alignmentMatrix(landmarksPx: Float32Array): Affine {
  return similarityBetween(alignmentPoints(landmarksPx), ALIGNMENT_TEMPLATE_PX);
}

/** Eyes, nose and mouth corners of (468 * 3,) landmarks. */
export function alignmentPoints(landmarksPx: Float32Array): Point[] {
  return ALIGNMENT_POINTS.map((group) => {
    const mean = (offset: number) => group.reduce((sum, i) => sum + landmarksPx[3 * i + offset], 0) / group.length;
    return [mean(0), mean(1)];
  });
}

/**
 * The part of the picture under the crop, shrunk by averaging where the crop would skip pixels.
 *
 * Plain sampling of a large face would alias, which FER2013's crops do not.
 */
function shrink(picture: Picture, matrix: Affine): { part: GreyPicture; matrix: Affine } {
  const inverse = invertAffine(matrix);
  const corners = [-1, CROP_PX].flatMap((y) => [-1, CROP_PX].map((x) => applyAffine(inverse, x, y)));
  const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
  const factor = Math.max(Math.trunc(1 / Math.hypot(matrix[0], matrix[3])), 1);
  const [left, right] = integerSteps(Math.min(...xs), Math.max(...xs), factor, picture.widthPx);
  const [top, bottom] = integerSteps(Math.min(...ys), Math.max(...ys), factor, picture.heightPx);
  const grey = toGrey(picture, [left, top, right, bottom]);
  const [a, b, x, c, d, y] = forPart(matrix, left, top);
  if (factor < 2) return { part: grey, matrix: [a, b, x, c, d, y] };
  // pixel centres: x_part = (x_small + 0.5) * factor - 0.5
  const middle = 0.5 * factor - 0.5;
  return {
    part: shrinkGrey(grey, factor),
    matrix: [a * factor, b * factor, x + (a + b) * middle, c * factor, d * factor, y + (c + d) * middle],
  };
}

/** A range of pixels inside 0..length around low..high, an integer number of steps long (at least one). */
export function integerSteps(low: number, high: number, step: number, length: number): readonly [number, number] {
  const size = Math.min(step, length);
  const start = Math.min(Math.max(Math.floor(low), 0), length - size);
  const steps = Math.ceil((Math.min(Math.ceil(high) + 1, length) - start) / size);
  return [start, start + size * Math.max(Math.min(steps, Math.floor((length - start) / size)), 1)];
}
