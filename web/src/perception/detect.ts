/** Finds faces with BlazeFace: full range first, short range for faces that fill the view or a part of a photo. */

import { intersectionOverSmaller, iou, type Box } from "../maths/geometry";
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
import { Halvings, tileInto, tiles, type Tile } from "./tiles";

export const MAXIMUM_IOU = 0.3; // more overlap than this is the same face
export const MAXIMUM_CONTAINED = 0.8; // share of the smaller box inside the other: more is a part of the same face
export const MAXIMUM_TILES = 320; // of a picture: bounds the time of the search
export const MAXIMUM_TILES_TURNED = 40; // of a picture in each of the other three directions
export const DOUBTFUL_SHARE = 0.6; // of the minimum score: a small face in a tile may have so little, and the mesh is sure

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
   * low: those from `DOUBTFUL_SHARE` of the minimum score on are among the results.
   */
  async detectSmall(picture: Picture, smallestFacePx: number, turned = false): Promise<Detection[]> {
    const turns = turned ? [1, 2, 3] : [0];
    const least = DOUBTFUL_SHARE * this.minimumScore;
    const halvings = new Halvings(picture);
    const most = turned ? MAXIMUM_TILES_TURNED : MAXIMUM_TILES;
    const [whole, ...parts] = tiles(picture.widthPx, picture.heightPx, smallestFacePx, most);
    const found = await this.full.runTile(halvings, whole, least, turns);
    for (const tile of [whole, ...parts]) found.push(...(await this.short.runTile(halvings, tile, least, turns)));
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

  /** The faces that are upright after one of these numbers of quarter turns of the input, counter-clockwise; ascending. */
  private async turned(place: Letterbox, minimumScore: number, quarterTurns: readonly number[]): Promise<Detection[]> {
    const { scale, leftPx, topPx } = place;
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
