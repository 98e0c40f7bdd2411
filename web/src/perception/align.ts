/** The aligned crop that an expression model gets: the face in the mean framing of FER2013. */

import framing from "../../../src/emoar/perception/fer2013_framing.json";
import { ALIGNMENT_POINTS } from "../faceLandmarks";
import { shrinkGrey, toGrey, warpGrey, type GreyPicture, type Picture } from "../image/picture";
import { applyAffine, forPart, invertAffine, similarityBetween, type Affine, type Point } from "../maths/geometry";

export const CROP_PX = 48;

/** Where FER2013 has these points on average, in pixels of the crop. */
const ALIGNMENT_TEMPLATE_PX: readonly Point[] = framing.points_px.map(([x, y]) => [x, y]);

/**
 * The grey crop of the face with those (468 * 3,) landmarks; beyond the picture's edge the nearest pixels are repeated.
 *
 * Where the crop has fewer pixels than the face, the picture is averaged over blocks of 1, 2, 4, ... pixels, since plain
 * sampling would alias. The crop lies between those of the two sizes of blocks (a mip map, Williams, 1983), nearer to that
 * of the smaller ones, which is sharper; so it changes steadily with the landmarks.
 */
export function align(picture: Picture, landmarksPx: Float32Array): GreyPicture {
  const matrix = alignmentMatrix(landmarksPx);
  const pixels = 1 / Math.hypot(matrix[0], matrix[3]); // of the picture, for one of the crop
  const step = 2 ** Math.max(Math.floor(Math.log2(pixels)), 0);
  const part = greyPart(picture, matrix, 2 * step);
  const crop = sampled(part, step);
  const share = (pixels / step - 1) ** 2;
  if (pixels > step) sampled(part, 2 * step).forEach((value, i) => (crop[i] += share * (value - crop[i])));
  return { data: Uint8Array.from(crop, Math.round), widthPx: CROP_PX, heightPx: CROP_PX };
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

interface Part {
  readonly part: GreyPicture;
  /** From the part to the crop. */
  readonly matrix: Affine;
}

/**
 * The part of the picture under the crop, in whole blocks of `span` pixels of the picture.
 *
 * Blocks are counted from the picture's corner, not from the face, so that a face that moves a little is averaged over
 * the same pixels. Blocks that the picture's edge cuts are filled with the nearest pixels.
 */
function greyPart(picture: Picture, matrix: Affine, span: number): Part {
  const inverse = invertAffine(matrix);
  // two pixels of the crop around it: the samples of the larger blocks lie up to that far outside
  const corners = [-2, CROP_PX + 1].flatMap((y) => [-2, CROP_PX + 1].map((x) => applyAffine(inverse, x, y)));
  const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
  const [left, right] = wholeBlocks(Math.min(...xs), Math.max(...xs), span, picture.widthPx);
  const [top, bottom] = wholeBlocks(Math.min(...ys), Math.max(...ys), span, picture.heightPx);
  return { part: toGrey(picture, [left, top, right, bottom]), matrix: forPart(matrix, left, top) };
}

/** The crop as numbers that are not rounded, from the means of blocks of `factor` x `factor` pixels. */
function sampled({ part, matrix }: Part, factor: number): Float32Array {
  const [a, b, x, c, d, y] = matrix;
  // pixel centres: x_part = (x_small + 0.5) * factor - 0.5
  const middle = 0.5 * factor - 0.5;
  const ofBlocks: Affine = [a * factor, b * factor, x + (a + b) * middle, c * factor, d * factor, y + (c + d) * middle];
  return warpGrey(shrinkGrey(part, factor), ofBlocks, CROP_PX);
}

/** The pixels of the blocks around low..high, at least one block; the last one may end beyond `length`. */
export function wholeBlocks(low: number, high: number, span: number, length: number): readonly [number, number] {
  const last = Math.floor((length - 1) / span);
  const [first, end] = [low, high].map((at) => Math.min(Math.max(Math.floor(at / span), 0), last));
  return [first * span, (end + 1) * span];
}
