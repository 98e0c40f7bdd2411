/** The square parts of a photo in which the detector searches for small faces, and its input of such a part. */

import { halfSize, resizeInto, type Letterbox } from "../image/letterbox";
import { cut, isYuv, type Picture, type RgbaPicture } from "../image/picture";
import { roundHalfEven, type Point } from "../maths/geometry";

export const SMALLEST_FACE_SHARE = 0.05; // of a tile's side: full range still hints at such a face
export const TILE_OVERLAP = 0.12; // of a tile's side, so that a face on a seam is complete in one of the tiles
export const TILE_BORDER = 0.08; // of a tile's side, black, around the picture: faces that its edge cuts are found there
export const NEXT_SIDE = 5; // side of the tiles for larger faces, in sides of the next smaller ones

/** A square part of a picture, which may reach outside of it. */
export interface Tile {
  readonly leftPx: number;
  readonly topPx: number;
  readonly sidePx: number;
}

/** The tile with this middle. */
export function tileAround([x, y]: Point, sidePx: number): Tile {
  return { leftPx: roundHalfEven(x - sidePx / 2), topPx: roundHalfEven(y - sidePx / 2), sidePx: roundHalfEven(sidePx) };
}

/** Whether a point is in the middle part of a tile, which is this share of its side. */
export function isNearMiddle({ leftPx, topPx, sidePx }: Tile, [x, y]: Point, share: number): boolean {
  const [half, reach] = [sidePx / 2, (share * sidePx) / 2];
  return Math.abs(x - leftPx - half) < reach && Math.abs(y - topPx - half) < reach;
}

/**
 * Overlapping tiles in which a face of that size is large enough: the whole picture, then smaller ones.
 *
 * Each size of tiles covers the picture with a border around it, with as few tiles as that size needs, which are then
 * made as small as their number allows. Where there would be more than `most` below the whole picture, the tiles, and
 * with them the smallest face, are larger.
 */
export function tiles(widthPx: number, heightPx: number, smallestFacePx: number, most: number): Tile[] {
  const longer = Math.max(widthPx, heightPx);
  const total = (side: number) =>
    sides(longer, side).reduce((sum, each) => sum + count(widthPx, each) * count(heightPx, each), 0);
  let smallest = Math.ceil(smallestFacePx / SMALLEST_FACE_SHARE);
  for (let found = total(smallest); found > most; found = total(smallest)) {
    smallest = Math.ceil(smallest * Math.max(Math.sqrt(found / most) * 0.95, 1.02));
  }
  const whole = roundHalfEven(longer * (1 + 2 * TILE_BORDER));
  const [leftPx, topPx] = [roundHalfEven((widthPx - whole) / 2), roundHalfEven((heightPx - whole) / 2)];
  const parts = sides(longer, smallest).flatMap((level) => {
    const [across, down] = [count(widthPx, level), count(heightPx, level)];
    const side = Math.ceil(Math.max(fitted(widthPx, across), fitted(heightPx, down)));
    return starts(heightPx, side, down).flatMap((top) =>
      starts(widthPx, side, across).map((left) => ({ leftPx: left, topPx: top, sidePx: side })),
    );
  });
  return [{ leftPx, topPx, sidePx: whole }, ...parts];
}

/** A picture, its half, its quarter, and so on: each is computed once, for all tiles that are reduced from it. */
export class Halvings {
  private readonly levels: RgbaPicture[];

  constructor(picture: Picture) {
    this.levels = [isYuv(picture) ? cut(picture, [0, 0, picture.widthPx, picture.heightPx]) : picture];
  }

  get picture(): RgbaPicture {
    return this.levels[0];
  }

  /** The smallest of them that is still to be reduced, where the picture is to be reduced by `factor`. */
  forFactor(factor: number): RgbaPicture {
    let steps = 0;
    const canHalve = () => Math.min(this.levels[steps].widthPx, this.levels[steps].heightPx) >= 2;
    while (factor / 2 ** (steps + 1) >= 1 && canHalve()) {
      steps += 1;
      if (steps === this.levels.length) this.levels.push(halfSize(this.levels[steps - 1]));
    }
    return this.levels[steps];
  }
}

/** Fills `out` (side, side, 3) with a tile, black outside the picture, from -1 (black) to 1; where the picture then is. */
export function tileInto(halvings: Halvings, tile: Tile, sidePx: number, out: Float32Array): Letterbox {
  const scale = sidePx / tile.sidePx;
  const { picture } = halvings;
  const reduced = halvings.forFactor(1 / scale);
  const x = span(tile.leftPx, tile.sidePx, picture.widthPx, sidePx);
  const y = span(tile.topPx, tile.sidePx, picture.heightPx, sidePx);
  const [left, right] = part(x.first, x.end, reduced.widthPx / picture.widthPx, reduced.widthPx);
  const [top, bottom] = part(y.first, y.end, reduced.heightPx / picture.heightPx, reduced.heightPx);
  out.fill(-1);
  const start = 3 * (y.at * sidePx + x.at);
  resizeInto(cut(reduced, [left, top, right, bottom]), x.length, y.length, out, start, 3 * (sidePx - x.length));
  return { scale, leftPx: x.at - x.first * scale, topPx: y.at - y.first * scale };
}

/** The first pixel and the end of a tile inside the picture along one axis, and its first pixel and length in the square. */
function span(startPx: number, tilePx: number, lengthPx: number, sidePx: number) {
  const scale = sidePx / tilePx;
  const [first, end] = [Math.max(startPx, 0), Math.min(startPx + tilePx, lengthPx)];
  const at = roundHalfEven((first - startPx) * scale);
  return { first, end, at, length: Math.min(Math.max(1, roundHalfEven((end - first) * scale)), sidePx - at) };
}

/** The part of a reduced picture between two pixels of the picture itself; at least one pixel. */
function part(first: number, end: number, scale: number, length: number): readonly [number, number] {
  const low = Math.min(roundHalfEven(first * scale), length - 1);
  return [low, Math.min(Math.max(roundHalfEven(end * scale), low + 1), length)];
}

/** The largest sides of the tiles, from the largest one, below the picture's longer side, to the smallest. */
function sides(longerPx: number, smallestPx: number): number[] {
  const found: number[] = [];
  for (let side = smallestPx; side < longerPx; side = roundHalfEven(side * NEXT_SIDE)) found.unshift(side);
  return found;
}

/** Number of tiles along a side of the picture. */
function count(lengthPx: number, sidePx: number): number {
  const left = lengthPx + (2 * TILE_BORDER - 1) * sidePx;
  return left > 0 ? Math.ceil(left / (sidePx * (1 - TILE_OVERLAP))) + 1 : 1;
}

/** The side with which `tilesAlong` tiles just cover a side of the picture and its borders; the inverse of `count`. */
function fitted(lengthPx: number, tilesAlong: number): number {
  return lengthPx / (1 + (tilesAlong - 1) * (1 - TILE_OVERLAP) - 2 * TILE_BORDER);
}

/** Where the tiles begin: evenly from border to border, or one in the middle. */
function starts(lengthPx: number, sidePx: number, tilesAlong: number): number[] {
  if (tilesAlong === 1) return [roundHalfEven((lengthPx - sidePx) / 2)];
  const [first, last] = [-TILE_BORDER * sidePx, lengthPx + TILE_BORDER * sidePx - sidePx];
  return Array.from({ length: tilesAlong }, (_, i) => roundHalfEven(first + (i * (last - first)) / (tilesAlong - 1)));
}
