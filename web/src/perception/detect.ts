/** Finds faces in a picture: BlazeFace full range first, short range for faces that fill the view, tiles for photos. */

import { intersectionOverSmaller, iou, roundHalfEven, type Box } from "../maths/geometry";
import type { Models, Session } from "../modelSession";
import {
  anchorCentres,
  decode,
  FULL_RANGE,
  SHORT_RANGE,
  weightedNms,
  type Detection,
  type DetectorGrid,
} from "./anchors";
import { letterbox } from "../image/letterbox";
import { cut, type Picture } from "../image/picture";

export const MAXIMUM_IOU = 0.3; // more overlap than this is the same face
export const MAXIMUM_CONTAINED = 0.8; // share of the smaller box inside the other: more is a part of the same face
export const TILE_OVERLAP = 0.25; // of a tile's side, so that a face on a border is complete in one of them
export const SMALLEST_FACE_SHARE = 1 / 12; // of a tile's side: full range still finds such a face
export const MAXIMUM_TILES = 320; // of a picture: bounds the time of the search
export const MAXIMUM_TILES_TURNED = 40; // of a picture in each of the other three directions

/** Detects faces with both BlazeFace models. */
export class FaceDetector {
  private constructor(
    private readonly full: Model,
    private readonly short: Model,
    private readonly minimumScore: number,
  ) {}

  static async load(models: Models, minimumScore = 0.5): Promise<FaceDetector> {
    return new FaceDetector(await Model.load(models, FULL_RANGE), await Model.load(models, SHORT_RANGE), minimumScore);
  }

  /** The faces of a picture, best first, down to about a twelfth of the longer side: what a live view needs. */
  async detect(picture: Picture): Promise<Detection[]> {
    const found = await this.full.run(picture, this.minimumScore);
    // full range misses faces that fill the picture; short range finds them
    return merge(found.length > 0 ? found : await this.short.run(picture, this.minimumScore));
  }

  /**
   * As `detect`, and in overlapping tiles as well, down to faces of `smallestFacePx`.
   *
   * In a large picture the number of tiles is limited, and the smallest face is larger. With `turned` it detects
   * faces that lie on a side or are upside down instead of upright ones, in fewer tiles.
   */
  async detectSmall(picture: Picture, smallestFacePx: number, turned = false): Promise<Detection[]> {
    const turns = turned ? [1, 2, 3] : [0];
    const found = [
      ...(await this.full.run(picture, this.minimumScore, turns)),
      ...(await this.short.run(picture, this.minimumScore, turns)),
    ];
    const most = turned ? MAXIMUM_TILES_TURNED : MAXIMUM_TILES;
    for (const tile of tiles(picture.widthPx, picture.heightPx, smallestFacePx, most)) {
      const faces = await this.full.run(cut(picture, tile), this.minimumScore, turns);
      found.push(...faces.map((face) => shifted(face, tile[0], tile[1])));
    }
    return merge(found);
  }

  close(): void {
    this.full.close();
    this.short.close();
  }
}

class Model {
  private readonly centres: Float32Array;

  private constructor(
    private readonly session: Session,
    private readonly sidePx: number,
    grid: DetectorGrid,
  ) {
    this.centres = anchorCentres(grid);
  }

  static async load(models: Models, grid: DetectorGrid): Promise<Model> {
    const { model, inputPx: side } = grid;
    const anchors = anchorCentres(grid).length / 2;
    const outputs = { regressors: [1, anchors, 16], logits: [1, anchors, 1] };
    return new Model(await models.open(model, [1, side, side, 3], outputs), side, grid);
  }

  /** The faces that are upright after one of these numbers of quarter turns of the picture, counter-clockwise; ascending. */
  async run(picture: Picture, minimumScore: number, quarterTurns: readonly number[] = [0]): Promise<Detection[]> {
    const { scale, leftPx, topPx } = letterbox(picture, this.sidePx, this.session.input);
    const all: Detection[] = [];
    let turned = 0;
    for (const turns of quarterTurns) {
      for (; turned < turns; turned++) turnSquare(this.session.input, this.sidePx);
      const { regressors, logits } = await this.session.run();
      let found = weightedNms(decode(regressors, logits, this.centres, minimumScore), MAXIMUM_IOU);
      for (let turn = 0; turn < turns; turn++) found = found.map((face) => turnedBack(face, this.sidePx));
      all.push(...found);
    }
    return all.map(({ box, keypoints, score }) => ({
      box: [
        (box[0] - leftPx) / scale,
        (box[1] - topPx) / scale,
        (box[2] - leftPx) / scale,
        (box[3] - topPx) / scale,
      ],
      keypoints: keypoints.map(([x, y]) => [(x - leftPx) / scale, (y - topPx) / scale]),
      score,
    }));
  }

  close(): void {
    this.session.close();
  }
}

/**
 * Square tiles in which a face of that size is large enough, coarse sizes first, cut off at the picture's edge.
 *
 * None when the picture itself is small enough. Where there would be more than `most`, the tiles, and with them the
 * smallest face, are larger.
 */
export function tiles(widthPx: number, heightPx: number, smallestFacePx: number, most: number): Box[] {
  const total = (side: number) =>
    sides(widthPx, heightPx, side).reduce((sum, each) => sum + count(widthPx, each) * count(heightPx, each), 0);
  let smallest = Math.ceil(smallestFacePx / SMALLEST_FACE_SHARE);
  for (let found = total(smallest); found > most; found = total(smallest)) {
    smallest = Math.ceil(smallest * Math.max(Math.sqrt(found / most) * 0.95, 1.02));
  }
  return sides(widthPx, heightPx, smallest).flatMap((side) =>
    starts(heightPx, side).flatMap((top) =>
      starts(widthPx, side).map(
        (left) => [left, top, Math.min(left + side, widthPx), Math.min(top + side, heightPx)] as const,
      ),
    ),
  );
}

/** The sides of the tiles, from the largest one, below the picture's longer side, to the smallest. */
function sides(widthPx: number, heightPx: number, smallestPx: number): number[] {
  const found: number[] = [];
  for (let side = smallestPx; side < Math.max(widthPx, heightPx); side = roundHalfEven(side * 2.5)) found.unshift(side);
  return found;
}

/** One detection per face, best first: of two that overlap, or of which one lies in the other, the better. */
export function merge(found: readonly Detection[]): Detection[] {
  const kept: Detection[] = [];
  for (const face of [...found].sort((a, b) => b.score - a.score)) {
    if (!kept.some((other) => isSameFace(face.box, other.box))) kept.push(face);
  }
  return kept;
}

function isSameFace(a: Box, b: Box): boolean {
  return iou(a, b) > MAXIMUM_IOU || intersectionOverSmaller(a, b) > MAXIMUM_CONTAINED;
}

/** Number of tiles along a side of the picture. */
function count(lengthPx: number, sidePx: number): number {
  return lengthPx <= sidePx ? 1 : Math.ceil((lengthPx - sidePx) / (sidePx * (1 - TILE_OVERLAP))) + 1;
}

function starts(lengthPx: number, sidePx: number): number[] {
  const tilesAlong = count(lengthPx, sidePx);
  if (tilesAlong === 1) return [0];
  return Array.from({ length: tilesAlong }, (_, i) => roundHalfEven((i * (lengthPx - sidePx)) / (tilesAlong - 1)));
}

/** A detection of a part of a picture, in pixels of the picture. */
export function shifted({ box, keypoints, score }: Detection, left: number, top: number): Detection {
  return {
    box: [box[0] + left, box[1] + top, box[2] + left, box[3] + top],
    keypoints: keypoints.map(([x, y]) => [x + left, y + top]),
    score,
  };
}

/** Turns a (side, side, 3) square counter-clockwise by a quarter; `turnedBack` is the inverse for detections. */
function turnSquare(square: Float32Array, side: number): void {
  const before = square.slice();
  for (let row = 0, at = 0; row < side; row++) {
    for (let column = 0; column < side; column++, at += 3) {
      const from = 3 * (column * side + side - 1 - row);
      square[at] = before[from];
      square[at + 1] = before[from + 1];
      square[at + 2] = before[from + 2];
    }
  }
}

/** A detection in a square, turned clockwise by a quarter. */
function turnedBack({ box: [left, top, right, bottom], keypoints, score }: Detection, side: number): Detection {
  return {
    box: [side - bottom, left, side - top, right],
    keypoints: keypoints.map(([x, y]) => [side - y, x]),
    score,
  };
}
