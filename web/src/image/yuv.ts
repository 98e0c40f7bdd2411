/** Pictures as cameras give them, with brightness and colour apart (YUV 4:2:0), and ways to sample them. */

import { applyAffine, invertAffine, type Affine, type Box } from "../maths/geometry";
import type { GreyPicture, RgbaPicture, YuvColours, YuvPicture } from "./types";

/** Shares of red and blue in the brightness; the rest is green. */
const SHARES: Readonly<Record<string, readonly [number, number]>> = {
  smpte170m: [0.299, 0.114],
  bt470bg: [0.299, 0.114],
  bt709: [0.2126, 0.0722],
};

/** The colours of a frame; undefined for kinds that cameras of phones and computers do not give. */
export function coloursOf({ matrix, fullRange }: VideoColorSpaceInit): YuvColours | undefined {
  const shares = SHARES[matrix ?? "smpte170m"]; // what browsers assume of cameras that report nothing
  if (!shares) return undefined;
  const [red, blue] = shares;
  const range = fullRange ? 1 : 255 / 224;
  const [redCr, blueCb] = [2 * (1 - red) * range, 2 * (1 - blue) * range];
  const green = 1 - red - blue;
  return { black: fullRange ? 0 : 16, gain: fullRange ? 1 : 255 / 219, redCr, greenCb: (-blue * blueCb) / green, greenCr: (-red * redCr) / green, blueCb };
}

/** Where the planes of colour are in `data`, and how far apart their values. */
export function planesOf({ widthPx, heightPx, interleaved }: Omit<YuvPicture, "data" | "colours">) {
  const [columns, rows] = [(widthPx + 1) >> 1, (heightPx + 1) >> 1];
  const cb = widthPx * heightPx;
  const [cr, step] = interleaved ? [cb + 1, 2] : [cb + columns * rows, 1];
  return { cb, cr, step, columns, rows, bytes: cb + 2 * columns * rows };
}

/** The pixels [left, top, right, bottom). */
export function rgbaOfYuv(picture: YuvPicture, [left, top, right, bottom]: Box): RgbaPicture {
  const { data: from, widthPx, colours } = picture;
  const { cb, cr, step, columns } = planesOf(picture);
  const data = new Uint8ClampedArray(4 * (right - left) * (bottom - top)); // it rounds and clamps by itself
  let out = 0;
  for (let y = top; y < bottom; y++) {
    const row = step * (y >> 1) * columns;
    for (let x = left; x < right; x++, out += 4) {
      const colour = row + step * (x >> 1);
      put(data, out, colours, from[y * widthPx + x], from[cb + colour], from[cr + colour]);
    }
  }
  return { data, widthPx: right - left, heightPx: bottom - top };
}

/** The means of squares of `factor` x `factor` pixels, a power of two by which both sides can be divided. */
export function meansOfYuv(picture: YuvPicture, factor: number): RgbaPicture {
  const { data: from, widthPx, heightPx, colours } = picture;
  if (factor === 1) return rgbaOfYuv(picture, [0, 0, widthPx, heightPx]);
  const { cb, cr, step, columns } = planesOf(picture);
  const [width, height] = [widthPx / factor, heightPx / factor];
  const data = new Uint8ClampedArray(4 * width * height);
  let out = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++, out += 4) {
      const at = factor * (y * widthPx + x);
      const colour = (factor / 2) * (y * columns + x) * step;
      const blueness = meanOf(from, cb + colour, step, step * columns, factor / 2);
      const redness = meanOf(from, cr + colour, step, step * columns, factor / 2);
      put(data, out, colours, meanOf(from, at, 1, widthPx, factor), blueness, redness);
    }
  }
  return { data, widthPx: width, heightPx: height };
}

function meanOf(data: Uint8Array, start: number, step: number, stride: number, side: number): number {
  let sum = 0;
  for (let y = 0; y < side; y++) {
    for (let x = 0, at = start + y * stride; x < side; x++, at += step) sum += data[at];
  }
  return sum / (side * side);
}

/** Writes a pixel where `out` rounds and clamps. */
function put(out: Uint8ClampedArray, at: number, colours: YuvColours, brightness: number, cb: number, cr: number): void {
  const grey = colours.gain * (brightness - colours.black);
  const [blueness, redness] = [cb - 128, cr - 128];
  out[at] = grey + colours.redCr * redness;
  out[at + 1] = grey + colours.greenCb * blueness + colours.greenCr * redness;
  out[at + 2] = grey + colours.blueCb * blueness;
  out[at + 3] = 255;
}

/** The pixels [left, top, right, bottom) in grey (BT.601); beyond the right and the bottom the last ones. */
export function greyOfYuv(picture: YuvPicture, [left, top, right, bottom]: Box): GreyPicture {
  const { data: from, widthPx, heightPx, colours } = picture;
  const { cb, cr, step, columns } = planesOf(picture);
  const ofCb = 0.587 * colours.greenCb + 0.114 * colours.blueCb;
  const ofCr = 0.299 * colours.redCr + 0.587 * colours.greenCr;
  const data = new Uint8ClampedArray((right - left) * (bottom - top));
  let out = 0;
  for (let row = top; row < bottom; row++) {
    const y = Math.min(row, heightPx - 1);
    for (let column = left; column < right; column++) {
      const x = Math.min(column, widthPx - 1);
      const colour = step * ((y >> 1) * columns + (x >> 1));
      data[out++] = colours.gain * (from[y * widthPx + x] - colours.black) + ofCb * (from[cb + colour] - 128) + ofCr * (from[cr + colour] - 128);
    }
  }
  return { data: new Uint8Array(data.buffer), widthPx: right - left, heightPx: bottom - top };
}

/** As `warpRgb`, the (side, side, 3) crop that a matrix leads to, times `scale`; black beyond the picture. Brightness is bilinear. */
export function warpYuv(picture: YuvPicture, matrix: Affine, sidePx: number, scale: number, out: Float32Array): void {
  const inverse = invertAffine(matrix);
  const [a, b, startX, c, d, startY] = inverse;
  const { data, widthPx: width, heightPx: height, colours } = picture;
  const { cb, cr, step, columns } = planesOf(picture);
  const { gain, black, redCr, greenCb, greenCr, blueCb } = colours;
  let at = 0;
  for (let row = 0; row < sidePx; row++) {
    for (let column = 0; column < sidePx; column++, at += 3) {
      const x = startX + a * column + b * row;
      const y = startY + c * column + d * row;
      const left = Math.floor(x);
      const top = Math.floor(y);
      if (left < 0 || top < 0 || left >= width - 1 || top >= height - 1) {
        edgePixel(picture, inverse, column, row, scale, out, at);
        continue;
      }
      const u = x - left;
      const v = y - top;
      const w1 = u * (1 - v);
      const w3 = u * v;
      const w2 = v - w3;
      const w0 = 1 - u - w2;
      const p = top * width + left;
      const grey = gain * (w0 * data[p] + w1 * data[p + 1] + w2 * data[p + width] + w3 * data[p + width + 1] - black);
      const colour = step * (((y + 0.5) >> 1) * columns + ((x + 0.5) >> 1)); // the nearest one: it has half of the detail
      const blueness = data[cb + colour] - 128;
      const redness = data[cr + colour] - 128;
      out[at] = byte(grey + redCr * redness) * scale;
      out[at + 1] = byte(grey + greenCb * blueness + greenCr * redness) * scale;
      out[at + 2] = byte(grey + blueCb * blueness) * scale;
    }
  }
}

/** One pixel of `warpYuv` with neighbours beyond the picture. */
function edgePixel(picture: YuvPicture, inverse: Affine, column: number, row: number, scale: number, out: Float32Array, at: number): void {
  const [x, y] = applyAffine(inverse, column, row);
  const sums = [0, 0, 0];
  for (let i = 0; i < 4; i++) {
    const [nearX, nearY] = [Math.floor(x) + (i & 1), Math.floor(y) + (i >> 1)];
    if (nearX < 0 || nearY < 0 || nearX >= picture.widthPx || nearY >= picture.heightPx) continue;
    const weight = (1 - Math.abs(x - nearX)) * (1 - Math.abs(y - nearY));
    const { data } = rgbaOfYuv(picture, [nearX, nearY, nearX + 1, nearY + 1]);
    for (let k = 0; k < 3; k++) sums[k] += weight * data[k];
  }
  for (let k = 0; k < 3; k++) out[at + k] = byte(sums[k]) * scale;
}

/** Rounded, and between 0 and 255. */
function byte(value: number): number {
  return value <= 0 ? 0 : value >= 255 ? 255 : (value + 0.5) | 0;
}
