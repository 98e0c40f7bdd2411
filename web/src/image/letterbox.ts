/** The picture fitted into a small square, the input of a detector. */

import { roundHalfEven } from "../maths/geometry";
import { isYuv, type Picture, type RgbaPicture } from "./picture";
import { meansOfYuv } from "./yuv";

export interface Letterbox {
  /** Size in the square over size in the picture: 0.3 turns 640 pixels into 192. */
  readonly scale: number;
  readonly leftPx: number;
  readonly topPx: number;
}

/** Fills `out` (side, side, 3) with the picture, centred in black, from -1 (black) to 1. */
export function letterbox(picture: Picture, sidePx: number, out: Float32Array): Letterbox {
  const scale = sidePx / Math.max(picture.widthPx, picture.heightPx);
  const width = Math.max(1, roundHalfEven(picture.widthPx * scale));
  const height = Math.max(1, roundHalfEven(picture.heightPx * scale));
  // averaging keeps a small face's features where skipping pixels would lose them; halving is the fast way to average
  const small = reduced(picture, width, height);
  const leftPx = (sidePx - width) >> 1;
  const topPx = (sidePx - height) >> 1;
  out.fill(-1);
  resizeInto(small, width, height, out, 3 * (topPx * sidePx + leftPx), 3 * (sidePx - width));
  return { scale, leftPx, topPx };
}

/** Halved as often as it stays at least so large. */
function reduced(picture: Picture, width: number, height: number): RgbaPicture {
  const times = ({ widthPx, heightPx }: Picture) => Math.min(Math.floor(widthPx / width), Math.floor(heightPx / height));
  let small = isYuv(picture) ? meansOfYuv(picture, evenFactor(picture, times(picture))) : picture;
  while (times(small) >= 2) small = halfSize(small);
  return small;
}

/** The largest power of two, at most `most`, by which both sides can be divided. */
function evenFactor({ widthPx, heightPx }: Picture, most: number): number {
  let factor = 1;
  while (2 * factor <= most && widthPx % (2 * factor) === 0 && heightPx % (2 * factor) === 0) factor *= 2;
  return factor;
}

/** Half as wide and as high, rounded down; each pixel is the mean of what it covers. */
export function halfSize(picture: RgbaPicture): RgbaPicture {
  const widthPx = picture.widthPx >> 1;
  const heightPx = picture.heightPx >> 1;
  if (picture.widthPx & 1 || picture.heightPx & 1) return shrinkTo(picture, widthPx, heightPx);
  const data = new Uint8Array(4 * widthPx * heightPx);
  const from = picture.data;
  const stride = 4 * picture.widthPx;
  let out = 0;
  for (let y = 0; y < heightPx; y++) {
    let at = 2 * y * stride;
    for (let x = 0; x < widthPx; x++, at += 8, out += 4) {
      for (let k = 0; k < 3; k++) {
        const p = at + k;
        data[out + k] = (from[p] + from[p + 4] + from[p + stride] + from[p + stride + 4] + 2) >> 2;
      }
    }
  }
  return { data, widthPx, heightPx };
}

/** Shrinks to any size; a pixel is the mean of the area that it covers, parts of pixels counted as such. */
function shrinkTo(picture: RgbaPicture, widthPx: number, heightPx: number): RgbaPicture {
  const columns = coverage(picture.widthPx, widthPx);
  const rows = coverage(picture.heightPx, heightPx);
  const data = new Uint8Array(4 * widthPx * heightPx);
  rows.forEach((row, y) => {
    columns.forEach((column, x) => {
      for (let k = 0; k < 3; k++) {
        let sum = 0;
        row.weights.forEach((v, i) => {
          const start = 4 * ((row.start + i) * picture.widthPx + column.start) + k;
          column.weights.forEach((u, j) => (sum += u * v * picture.data[start + 4 * j]));
        });
        data[4 * (y * widthPx + x) + k] = Math.round(sum);
      }
    });
  });
  return { data, widthPx, heightPx };
}

/** For each of `to` pixels: the first of `from` pixels under it, and how much each of them counts; sums to 1. */
function coverage(from: number, to: number): { start: number; weights: number[] }[] {
  const step = from / to;
  return Array.from({ length: to }, (_, i) => {
    const [low, high] = [i * step, Math.min((i + 1) * step, from)];
    const start = Math.floor(low);
    const weights = [];
    for (let p = start; p < high - 1e-9; p++) weights.push((Math.min(p + 1, high) - Math.max(p, low)) / step);
    return { start, weights };
  });
}

/**
 * Bilinear resize, from 0..255 to -1..1, into `out` from `at` on; `gap` numbers are skipped after each row.
 *
 * In integers, as in OpenCV: another rounding moves a detected face by a third of a pixel.
 */
export function resizeInto(picture: RgbaPicture, width: number, height: number, out: Float32Array, at: number, gap: number): void {
  const columns = between(picture.widthPx, width);
  const rows = between(picture.heightPx, height);
  const { data, widthPx } = picture;
  for (const row of rows) {
    const [above, below] = [row.first * widthPx, row.second * widthPx];
    for (const column of columns) {
      const [p, q] = [4 * (above + column.first), 4 * (above + column.second)];
      const [r, s] = [4 * (below + column.first), 4 * (below + column.second)];
      for (let k = 0; k < 3; k++) {
        const upper = data[p + k] * column.firstWeight + data[q + k] * column.secondWeight;
        const lower = data[r + k] * column.firstWeight + data[s + k] * column.secondWeight;
        const sum = ((row.firstWeight * (upper >> 4)) >> 16) + ((row.secondWeight * (lower >> 4)) >> 16);
        out[at++] = ((sum + 2) >> 2) / 127.5 - 1;
      }
    }
    at += gap;
  }
}

const WEIGHT_SCALE = 2048;

/** For each of `to` pixels the two of `from` pixels between whose centres it lies, and their weights in 2048ths. */
function between(from: number, to: number) {
  return Array.from({ length: to }, (_, i) => {
    const x = Math.min(Math.max(Math.fround((i + 0.5) * (from / to) - 0.5), 0), from - 1);
    const first = Math.floor(x);
    const rest = Math.fround(x - first);
    const weight = (share: number) => roundHalfEven(share * WEIGHT_SCALE);
    return {
      first,
      second: Math.min(first + 1, from - 1),
      firstWeight: weight(Math.fround(1 - rest)),
      secondWeight: weight(rest),
    };
  });
}
