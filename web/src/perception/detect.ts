/** Finds faces with BlazeFace: full range first, short range for faces that fill the view. */

import { intersectionOverSmaller, iou, type Box, type Point } from "../maths/geometry";
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
import { letterbox, type Letterbox } from "../image/letterbox";
import type { Picture } from "../image/picture";
import { Halvings, isNearMiddle, tileAround, tileInto, tiles, type Tile } from "./tiles";

export const MAXIMUM_IOU = 0.3; // more overlap than this is the same face
export const MAXIMUM_CONTAINED = 0.8; // share of the smaller box inside the other: more is a part of the same face
export const MAXIMUM_TILES = 120; // of a picture: bounds the time of the search
export const MAXIMUM_TILES_TURNED = 16; // of a picture in each of the other three directions
export const DOUBTFUL_SHARE = 0.6; // of the minimum score: a small face in a tile may have so little, and the mesh is sure
export const HINT_SHARE = 0.05; // of the minimum score: what a tile with a face that is too small for it may have
export const HINTS = 64; // of a tile, the best ones
export const HINT_SIZE = 0.25; // of a tile's side: the tile itself shows larger faces well
export const CLOSE_UP = 0.5; // side of the square around a hint, in sides of a tile
export const CLOSE_UP_SIZES = 4; // and at least so many widths of the hint
export const CLOSE_UP_MIDDLE = 0.75; // share of that side within which the square also shows other hints
export const PATIENCE = 5; // squares in a row without a face, after which the weaker hints are not followed

/** A place where a face may be. */
type Hint = Pick<Detection, "box" | "score">;

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
   * faces that lie on a side or are upside down instead of upright ones, in fewer tiles. The scores of small faces are
   * low: those from `DOUBTFUL_SHARE` of the minimum score on are among the results. Upright ones are searched again
   * from nearby where full range has the slightest hint of them.
   */
  async detectSmall(picture: Picture, smallestFacePx: number, turned = false): Promise<Detection[]> {
    const turns = turned ? [1, 2, 3] : [0];
    const least = DOUBTFUL_SHARE * this.minimumScore;
    const halvings = new Halvings(picture);
    const most = turned ? MAXIMUM_TILES_TURNED : MAXIMUM_TILES;
    const [whole, ...parts] = tiles(picture.widthPx, picture.heightPx, smallestFacePx, most);
    const found = await this.short.runTile(halvings, whole, least, turns);
    if (turned) {
      for (const tile of [whole, ...parts]) found.push(...(await this.full.runTile(halvings, tile, least, turns)));
      return merge(found);
    }
    const hints: Hint[] = [];
    for (const tile of [whole, ...parts]) {
      const searched = await this.full.searchTile(halvings, tile, least, this.minimumScore);
      found.push(...searched.faces);
      // where there are tiles, they have the hints at small faces, and the whole picture has none of its own
      if (tile !== whole || parts.length === 0) hints.push(...searched.hints);
    }
    const { sidePx } = parts.at(-1) ?? whole;
    return merge([...found, ...(await this.closeUps(halvings, found, hints, sidePx))]);
  }

  /** Detections around hints, the best first, that are not in a face which is found already. */
  private async closeUps(
    halvings: Halvings,
    found: readonly Detection[],
    hints: readonly Hint[],
    tilePx: number,
  ): Promise<Detection[]> {
    const sure = found.filter(({ score }) => score >= this.minimumScore);
    const [squares, close] = [Array<Tile>(), Array<Detection>()];
    let misses = 0;
    for (const { box } of [...hints].sort((a, b) => b.score - a.score)) {
      const [width, middle] = [box[2] - box[0], middleOf(box)];
      if (width > HINT_SIZE * tilePx || sure.some((face) => isInside(middle, face.box))) continue;
      if (squares.some((square) => isNearMiddle(square, middle, CLOSE_UP_MIDDLE))) continue;
      const square = tileAround(middle, Math.max(CLOSE_UP * tilePx, CLOSE_UP_SIZES * width));
      squares.push(square);
      const near = await this.full.runTile(halvings, square, DOUBTFUL_SHARE * this.minimumScore, [0]);
      close.push(...near);
      misses = near.some(({ score }) => score >= this.minimumScore) ? 0 : misses + 1;
      if (misses === PATIENCE || squares.length === MAXIMUM_TILES) break;
    }
    return close;
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

  /** The faces of a picture. */
  run(picture: Picture, minimumScore: number): Promise<Detection[]> {
    return this.turned(letterbox(picture, this.sidePx, this.session.input), minimumScore, [0]);
  }

  /** Those of a tile, in pixels of the picture. */
  runTile(
    halvings: Halvings,
    tile: Tile,
    minimumScore: number,
    quarterTurns: readonly number[],
  ): Promise<Detection[]> {
    return this.turned(tileInto(halvings, tile, this.sidePx, this.session.input), minimumScore, quarterTurns);
  }

  /** The faces of a tile; and the best of what is less sure. In pixels of the picture. */
  async searchTile(
    halvings: Halvings,
    tile: Tile,
    minimumScore: number,
    sureScore: number,
  ): Promise<{ readonly faces: Detection[]; readonly hints: Hint[] }> {
    const place = tileInto(halvings, tile, this.sidePx, this.session.input);
    const { regressors, logits } = await this.session.run();
    const all = decode(regressors, logits, this.centres, HINT_SHARE * sureScore);
    const faces = weightedNms(all.filter(({ score }) => score >= minimumScore), MAXIMUM_IOU);
    const less = all.filter(({ score }) => score < sureScore).sort((a, b) => b.score - a.score);
    const toPicture = (face: Detection) => inPicture(face, place);
    return { faces: faces.map(toPicture), hints: less.slice(0, HINTS).map(toPicture) };
  }

  /** The faces that are upright after one of these numbers of quarter turns of the input, counter-clockwise; ascending. */
  private async turned(place: Letterbox, minimumScore: number, quarterTurns: readonly number[]): Promise<Detection[]> {
    const all: Detection[] = [];
    let turned = 0;
    for (const turns of quarterTurns) {
      for (; turned < turns; turned++) turnSquare(this.session.input, this.sidePx);
      const { regressors, logits } = await this.session.run();
      let found = weightedNms(decode(regressors, logits, this.centres, minimumScore), MAXIMUM_IOU);
      for (let turn = 0; turn < turns; turn++) found = found.map((face) => turnedBack(face, this.sidePx));
      all.push(...found);
    }
    return all.map((face) => inPicture(face, place));
  }

  close(): void {
    this.session.close();
  }
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

function middleOf([left, top, right, bottom]: Box): Point {
  return [(left + right) / 2, (top + bottom) / 2];
}

function isInside([x, y]: Point, [left, top, right, bottom]: Box): boolean {
  return left < x && x < right && top < y && y < bottom;
}

/** A detection of a square, in pixels of the picture that is scaled and placed in it. */
function inPicture({ box, keypoints, score }: Detection, { scale, leftPx, topPx }: Letterbox): Detection {
  const [left, top, right, bottom] = box;
  return {
    box: [(left - leftPx) / scale, (top - topPx) / scale, (right - leftPx) / scale, (bottom - topPx) / scale],
    keypoints: keypoints.map(([x, y]) => [(x - leftPx) / scale, (y - topPx) / scale]),
    score,
  };
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
