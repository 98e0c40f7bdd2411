/** What is in a picture, in a few hundred numbers: to see whether anything in it has moved. */

import { isYuv, type Picture } from "./picture";

const COLUMNS = 32;
const ROWS = 18;
/** Pixels of a cell that are read in each direction: their mean has little noise. */
const SAMPLES = 8;
/** Grey levels. A picture with less contrast is all noise. */
const LEAST_CONTRAST = 4;

/** (576,) the brightness of each cell, without that of the picture and in units of its contrast: exposure changes nothing. */
export function contentsOf(picture: Picture): Float32Array {
  const { data, widthPx, heightPx } = picture;
  const [step, offset] = isYuv(picture) ? [1, 0] : [4, 1]; // green is most of the brightness
  const cells = new Float32Array(COLUMNS * ROWS);
  const lefts = places(COLUMNS * SAMPLES, widthPx);
  const tops = places(ROWS * SAMPLES, heightPx);
  tops.forEach((y, j) => {
    const start = step * y * widthPx + offset;
    const first = COLUMNS * Math.floor(j / SAMPLES);
    for (let i = 0; i < lefts.length; i++) cells[first + Math.floor(i / SAMPLES)] += data[start + step * lefts[i]];
  });
  return standardised(cells.map((sum) => sum / SAMPLES ** 2));
}

/** The largest change of a cell. */
export function changeOf(contents: Float32Array, before: Float32Array): number {
  let most = 0;
  for (let i = 0; i < contents.length; i++) most = Math.max(most, Math.abs(contents[i] - before[i]));
  return most;
}

function standardised(cells: Float32Array): Float32Array {
  const mean = cells.reduce((sum, value) => sum + value, 0) / cells.length;
  const variance = cells.reduce((sum, value) => sum + (value - mean) ** 2, 0) / cells.length;
  const contrast = Math.max(Math.sqrt(variance), LEAST_CONTRAST);
  return cells.map((value) => (value - mean) / contrast);
}

/** The middles of so many equal parts. */
function places(count: number, length: number): number[] {
  return Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) * length) / count));
}
