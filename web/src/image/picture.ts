/** Pictures as a canvas or a camera gives them, and ways to sample them; every result is rounded to integers, as in OpenCV. */

import { applyAffine, invertAffine, type Affine, type Box } from "../maths/geometry";
import { isYuv, type GreyPicture, type Picture, type RgbaPicture } from "./types";
import { greyOfYuv, rgbaOfYuv, warpYuv } from "./yuv";

export { isYuv, type GreyPicture, type Picture, type RgbaPicture } from "./types";

/** The pixels [left, top, right, bottom) of a picture. */
export function cut(picture: Picture, box: Box): RgbaPicture {
  if (isYuv(picture)) return rgbaOfYuv(picture, box);
  const [left, top, right, bottom] = box;
  const widthPx = right - left;
  const heightPx = bottom - top;
  const data = new Uint8Array(4 * widthPx * heightPx);
  for (let y = 0; y < heightPx; y++) {
    const start = 4 * ((top + y) * picture.widthPx + left);
    data.set(picture.data.subarray(start, start + 4 * widthPx), 4 * y * widthPx);
  }
  return { data, widthPx, heightPx };
}

/** The pixels [left, top, right, bottom) of a picture in grey (BT.601); beyond the right and the bottom the last ones. */
export function toGrey(picture: Picture, box: Box): GreyPicture {
  if (isYuv(picture)) return greyOfYuv(picture, box);
  const [left, top, right, bottom] = box;
  const widthPx = right - left;
  const heightPx = bottom - top;
  const data = new Uint8Array(widthPx * heightPx);
  const source = picture.data;
  let out = 0;
  const inside = Math.min(right, picture.widthPx) - left;
  for (let y = top; y < bottom; y++) {
    let at = 4 * (Math.min(y, picture.heightPx - 1) * picture.widthPx + left);
    for (let x = 0; x < inside; x++, at += 4) {
      data[out++] = (9798 * source[at] + 19235 * source[at + 1] + 3735 * source[at + 2] + 16384) >> 15;
    }
    if (inside < widthPx) {
      data.fill(data[out - 1], out, out + widthPx - inside);
      out += widthPx - inside;
    }
  }
  return { data, widthPx, heightPx };
}

/** Left and right exchanged. */
export function mirrorGrey({ data, widthPx, heightPx }: GreyPicture): GreyPicture {
  const mirrored = new Uint8Array(data.length);
  for (let start = 0; start < data.length; start += widthPx) {
    mirrored.set(data.slice(start, start + widthPx).reverse(), start);
  }
  return { data: mirrored, widthPx, heightPx };
}

/** Shrinks by an integer factor; the remainder at the right and at the bottom is cut off. */
export function shrinkGrey(grey: GreyPicture, factor: number): GreyPicture {
  if (factor < 2) return grey;
  const widthPx = Math.floor(grey.widthPx / factor);
  const heightPx = Math.floor(grey.heightPx / factor);
  const data = new Uint8Array(widthPx * heightPx);
  const area = factor * factor;
  for (let y = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++) {
      let sum = 0;
      for (let v = 0; v < factor; v++) {
        const start = (y * factor + v) * grey.widthPx + x * factor;
        for (let u = 0; u < factor; u++) sum += grey.data[start + u];
      }
      data[y * widthPx + x] = Math.round(sum / area);
    }
  }
  return { data, widthPx, heightPx };
}

/**
 * Fills `out` with the (side, side, 3) crop that a matrix leads to, times `scale`; black beyond the picture.
 *
 * Bilinear between the centres of the pixels.
 */
export function warpRgb(picture: Picture, matrix: Affine, sidePx: number, scale: number, out: Float32Array): void {
  if (isYuv(picture)) return warpYuv(picture, matrix, sidePx, scale, out);
  const [a, b, , c, d] = invertAffine(matrix);
  const start = applyAffine(invertAffine(matrix), 0, 0);
  const { data, widthPx: width, heightPx: height } = picture;
  let at = 0;
  for (let row = 0; row < sidePx; row++) {
    for (let column = 0; column < sidePx; column++, at += 3) {
      const x = start[0] + a * column + b * row;
      const y = start[1] + c * column + d * row;
      const left = Math.floor(x);
      const top = Math.floor(y);
      const u = x - left;
      const v = y - top;
      if (left >= 0 && top >= 0 && left < width - 1 && top < height - 1) {
        const p = 4 * (top * width + left);
        const q = p + 4 * width;
        const w1 = u * (1 - v); // constants: an array here costs a quarter of the time
        const w3 = u * v;
        const w2 = v - w3;
        const w0 = 1 - u - w2;
        for (let k = 0; k < 3; k++) {
          const value = w0 * data[p + k] + w1 * data[p + 4 + k] + w2 * data[q + k] + w3 * data[q + 4 + k];
          out[at + k] = ((value + 0.5) | 0) * scale;
        }
      } else {
        edgePixel(picture, left, top, u, v, scale, out, at);
      }
    }
  }
}

/** One pixel of `warpRgb` with neighbours beyond the picture. */
function edgePixel(
  { data, widthPx, heightPx }: RgbaPicture,
  left: number,
  top: number,
  u: number,
  v: number,
  scale: number,
  out: Float32Array,
  at: number,
): void {
  const sums = [0, 0, 0];
  for (let i = 0; i < 4; i++) {
    const x = left + (i & 1);
    const y = top + (i >> 1);
    if (x < 0 || y < 0 || x >= widthPx || y >= heightPx) continue;
    const weight = (i & 1 ? u : 1 - u) * (i >> 1 ? v : 1 - v);
    for (let k = 0; k < 3; k++) sums[k] += weight * data[4 * (y * widthPx + x) + k];
  }
  for (let k = 0; k < 3; k++) out[at + k] = ((sums[k] + 0.5) | 0) * scale;
}

/** The (side, side) values that a matrix leads to, not rounded; beyond the edge the nearest pixels are repeated. */
export function warpGrey(grey: GreyPicture, matrix: Affine, sidePx: number): Float32Array {
  const inverse = invertAffine(matrix);
  const { data, widthPx, heightPx } = grey;
  const out = new Float32Array(sidePx * sidePx);
  for (let row = 0; row < sidePx; row++) {
    for (let column = 0; column < sidePx; column++) {
      const [x, y] = applyAffine(inverse, column, row);
      const [left, top] = [Math.floor(x), Math.floor(y)];
      const [u, v] = [x - left, y - top];
      const [x0, x1] = [clamp(left, widthPx), clamp(left + 1, widthPx)];
      const [y0, y1] = [clamp(top, heightPx) * widthPx, clamp(top + 1, heightPx) * widthPx];
      const above = data[y0 + x0] * (1 - u) + data[y0 + x1] * u;
      const below = data[y1 + x0] * (1 - u) + data[y1 + x1] * u;
      out[row * sidePx + column] = above * (1 - v) + below * v;
    }
  }
  return out;
}

function clamp(index: number, length: number): number {
  return index < 0 ? 0 : index >= length ? length - 1 : index;
}
