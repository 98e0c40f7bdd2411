/** Finds faces in a frame: the detector gives the first region, the mesh refines it, and each may doubt the other. */

import { LEFT_EYE_INNER, LEFT_EYE_OUTER, MOUTH, NOSE_TIP, RIGHT_EYE_INNER, RIGHT_EYE_OUTER } from "../faceLandmarks";
import { cut, type Picture } from "../image/picture";
import { boxOfPoints, centroid, iou, landmark, type Box, type Point, type Region } from "../maths/geometry";
import type { Detection, UnreadDetection, UnreadReason } from "./anchors";
import { overlapsAny, sameFace } from "./association";
import { shifted, type FaceDetector } from "./detect";
import { regionOfDetection, regionOfLandmarks, sameRegion, type FaceMesh, type MeshFit } from "./mesh";
import type { Stopwatch } from "./stopwatch";

export const NEAR_SIZES = 6; // side of the square in which a face that moves fast is detected, in face sizes
/**
 * The mesh of an upright face has at least this presence in 75 % of FER2013; one that lies on a face the wrong way up has
 * less, and the mesh that is turned by half a turn is far more certain.
 */
export const CERTAIN_PRESENCE = 0.99999;
export const MORE_CERTAIN = 20; // times less doubt (1 - presence): the mesh lies the other way up
export const SURE_SCORE = 0.7; // of the detector; what it sees with less, it has to see again from nearby
export const DOUBTFUL_SCORE = 0.5; // of the detector; what it sees with less is a face only where the mesh is sure
export const SURE_PRESENCE = 0.95;
export const AGAIN_SIZES = 3; // side of the square for a second detection of a face, in face sizes
export const UNREAD_SCORE = 0.6; // a face that the mesh does not see, but the detector does, twice
export const UNREAD_APART = 0.1; // IoU with another face from which on a detection without a mesh is of the same head
export const TILT_RAD = (20 * Math.PI) / 180; // of a second angle: the eye line of a face turned aside is uncertain
export const MOST_FITS = 5; // of the mesh to one detection; the first roll of a lying face is off by up to 17 degrees
export const STILL_TURNING_RAD = (5 * Math.PI) / 180;
export const PROFILE_NOSE = 0.8; // distances of the eyes, from their middle to the nose: turned by 50 degrees or more
export const SMALLEST_READ_PX = 20; // width of a detection that is too small for the mesh
export const FEATURES_APART = 0.16; // of a face's size: a mesh further from the detector's eyes, nose, mouth is no face
/** Right eye, left eye, tip of the nose and mouth, which are the detector's first keypoints. */
export const FEATURES = [[RIGHT_EYE_OUTER, RIGHT_EYE_INNER], [LEFT_EYE_OUTER, LEFT_EYE_INNER], [NOSE_TIP], MOUTH] as const;

export interface FinderOptions {
  /** Presence of the mesh below which there is no face. */
  readonly minimumPresence: number;
  /** Photos are searched in tiles for faces down to this size; null means no tiles. */
  readonly smallestFacePx: number | null;
  /** With tiles: where no face is upright, lying faces and faces that are upside down. */
  readonly everyDirection: boolean;
}

export const FINDER: FinderOptions = { minimumPresence: 0.5, smallestFacePx: null, everyDirection: false };

/** What a search has found. */
export interface Found {
  readonly fits: readonly MeshFit[];
  /** Faces that the mesh does not see, with the reason. */
  readonly unread: readonly UnreadDetection[];
}

/** Detector and mesh together; their time goes to the stages `detect` and `mesh` of the stopwatch. */
export class FaceFinder {
  constructor(
    private readonly detector: Pick<FaceDetector, "detect" | "detectSmall">,
    private readonly mesh: Pick<FaceMesh, "fit">,
    private readonly options: FinderOptions,
    private readonly stopwatch: Stopwatch,
  ) {}

  /** The detected faces, at most `most`, without those on known landmarks. */
  async find(picture: Picture, known: readonly Float32Array[], most: number): Promise<Found> {
    const unread: UnreadDetection[] = [];
    for (const turned of this.options.everyDirection ? [false, true] : [false]) {
      const detections = await this.stopwatch.measure("detect", () => this.detect(picture, turned));
      const fits: MeshFit[] = [];
      const refused: Detection[] = [];
      for await (const [detection, fit] of this.fits(picture, detections, known)) {
        if (fit && this.isFace(fit)) fits.push(fit);
        else refused.push(detection);
        if (fits.length === most) break;
      }
      const again = await this.again(picture, refused, [...known, ...fits.map((fit) => fit.landmarksPx)]);
      fits.push(...again.fits.slice(0, most - fits.length));
      unread.push(...again.unread);
      const boxes = fits.map((fit) => boxOfPoints(fit.landmarksPx, 3));
      if (fits.length > 0) return { fits, unread: unread.filter((face) => isApart(face, boxes)) };
    }
    return { fits: [], unread };
  }

  /** The detected faces around a place where a face of that size was expected, whatever their presence. */
  async findNear(picture: Picture, centre: Point, sizePx: number, known: readonly Float32Array[]): Promise<MeshFit[]> {
    const found: MeshFit[] = [];
    const detections = await this.detectNear(picture, centre, sizePx);
    for await (const [, fit] of this.fits(picture, detections, known)) if (fit) found.push(fit);
    return found;
  }

  /** Detections in a square: a small part of the picture, in which the detector sees a face better. */
  private async detectNear(picture: Picture, [x, y]: Point, sizePx: number, sizes = NEAR_SIZES): Promise<Detection[]> {
    const half = (sizes / 2) * sizePx;
    const [left, top] = [Math.max(Math.floor(x - half), 0), Math.max(Math.floor(y - half), 0)];
    const right = Math.min(Math.ceil(x + half), picture.widthPx);
    const bottom = Math.min(Math.ceil(y + half), picture.heightPx);
    if (right <= left || bottom <= top) return [];
    const part = cut(picture, [left, top, right, bottom]);
    const detections = await this.stopwatch.measure("detect", () => this.detector.detect(part));
    return detections.map((face) => shifted(face, left, top));
  }

  /** The mesh in that region, whether or not a face is there. */
  fit(picture: Picture, region: Region): Promise<MeshFit> {
    return this.stopwatch.measure("mesh", () => this.mesh.fit(picture, region));
  }

  /** Whether the mesh lies on a face. */
  isFace(fit: MeshFit): boolean {
    return fit.presence >= this.options.minimumPresence;
  }

  private detect(picture: Picture, turned: boolean): Promise<Detection[]> {
    const { smallestFacePx } = this.options;
    if (smallestFacePx === null) return this.detector.detect(picture);
    return this.detector.detectSmall(picture, smallestFacePx, turned);
  }

  /** Each detection that is of no known face, and its mesh, one for each face; null where it lies beside it. */
  private async *fits(
    picture: Picture,
    detections: readonly Detection[],
    known: readonly Float32Array[],
  ): AsyncGenerator<readonly [Detection, MeshFit | null]> {
    const occupied = [...known];
    for (const detection of detections) {
      if (isOfOne(detection, occupied)) continue;
      const fit = await this.fitDetection(picture, detection);
      if (fit && overlapsAny(fit.landmarksPx, occupied)) continue;
      if (fit && this.isFace(fit)) occupied.push(fit.landmarksPx);
      yield [detection, fit];
    }
  }

  /** The mesh of a detection, which may be upside down; null where it does not lie on the detected features. */
  private async fitDetection(picture: Picture, detection: Detection): Promise<MeshFit | null> {
    const region = regionOfDetection(detection);
    const fit = await this.fitTwice(picture, region);
    if (!this.isFace(fit)) return fit;
    const turned = await this.otherWayUp(picture, region, fit);
    if (turned) return detection.score >= DOUBTFUL_SCORE ? turned : null; // the search for turned faces is more exact
    return (await this.isConfirmed(picture, detection, fit)) ? fit : null;
  }

  /** The mesh turned by a half or a quarter, where it is far more certain than `fit` of the same region. */
  private async otherWayUp(picture: Picture, region: Region, fit: MeshFit): Promise<MeshFit | null> {
    for (const quarters of fit.presence < CERTAIN_PRESENCE ? [2, 1, 3] : []) {
      const turned = await this.fitTwice(picture, { ...region, angleRad: region.angleRad + (quarters * Math.PI) / 2 });
      if (MORE_CERTAIN * (1 - turned.presence) < 1 - fit.presence) return turned;
    }
    return null;
  }

  /** Whether the mesh lies on the features of a sure detection, at the second try those of one nearby. */
  private async isConfirmed(picture: Picture, detection: Detection, fit: MeshFit): Promise<boolean> {
    if (detection.score < DOUBTFUL_SCORE && fit.presence < SURE_PRESENCE) return false;
    if (detection.score >= SURE_SCORE && featuresApart(detection, fit) < FEATURES_APART) return true;
    const [centre, sizePx] = centreSize(boxOfPoints(fit.landmarksPx, 3));
    for (const sizes of [NEAR_SIZES, AGAIN_SIZES]) {
      const again = await this.detectNear(picture, centre, sizePx, sizes);
      if (again.some((other) => featuresApart(other, fit) < FEATURES_APART)) return true;
    }
    return false;
  }

  /** Refused detections of which the detector is sure, also from nearby: read at a second try, or unread. */
  private async again(picture: Picture, refused: readonly Detection[], known: readonly Float32Array[]): Promise<Found> {
    const [fits, unread, faces] = [Array<MeshFit>(), Array<UnreadDetection>(), [...known]];
    for (const detection of refused) {
      const boxes = [...faces.map((face) => boxOfPoints(face, 3)), ...unread.map(({ box }) => box)];
      if (detection.score < UNREAD_SCORE || !isApart(detection, boxes)) continue;
      const near = await this.detectNear(picture, ...centreSize(detection.box), AGAIN_SIZES);
      const again = near.find(({ box, score }) => score >= UNREAD_SCORE && sameFace(box, detection.box));
      if (!again) continue;
      const fit = await this.fitTilted(picture, again);
      if (!fit && isApart(again, boxes)) {
        unread.push({ ...again, reason: whyUnread(again, picture.widthPx, picture.heightPx) });
      } else if (fit && !overlapsAny(fit.landmarksPx, faces)) {
        fits.push(fit);
        faces.push(fit.landmarksPx);
      }
    }
    return { fits, unread };
  }

  /** The mesh in the region of a detection from nearby, also tilted to both sides, where it is on the features. */
  private async fitTilted(picture: Picture, detection: Detection): Promise<MeshFit | null> {
    const region = regionOfDetection(detection);
    for (const tiltRad of [0, TILT_RAD, -TILT_RAD]) {
      const fit = await this.fitTwice(picture, { ...region, angleRad: region.angleRad + tiltRad });
      if (fit.presence < SURE_PRESENCE || featuresApart(detection, fit) >= FEATURES_APART) continue;
      return (await this.otherWayUp(picture, region, fit)) ?? fit;
    }
    return null;
  }

  /** The mesh in a region, and again where its landmarks give another region. */
  private async fitTwice(picture: Picture, region: Region): Promise<MeshFit> {
    let fit = await this.fit(picture, region);
    for (let again = 0; again < MOST_FITS - 1; again++) {
      const better = regionOfLandmarks(fit.landmarksPx);
      const change = better.angleRad - region.angleRad;
      const turn = Math.abs(Math.atan2(Math.sin(change), Math.cos(change)));
      if (!this.isFace(fit) || sameRegion(region, better) || (again > 0 && turn < STILL_TURNING_RAD)) break;
      region = better;
      fit = await this.fit(picture, better);
    }
    return fit;
  }
}

/** The most likely reason why the mesh does not see a detected face in a picture of that size. */
export function whyUnread({ box, keypoints }: Detection, widthPx: number, heightPx: number): UnreadReason {
  const [[rightX, rightY], [leftX, leftY], [noseX, noseY]] = keypoints;
  const [left, top, right, bottom] = box;
  const [x, y] = [leftX - rightX, leftY - rightY];
  const along = (noseX - (rightX + leftX) / 2) * x + (noseY - (rightY + leftY) / 2) * y;
  if (Math.abs(along) / Math.max(x * x + y * y, 1e-9) > PROFILE_NOSE) return "turned_away";
  if (Math.min(left, top) < 0 || right > widthPx || bottom > heightPx) return "cut_off";
  return right - left < SMALLEST_READ_PX ? "too_small" : "covered";
}

/** The middle of a box, and its longer side. */
function centreSize([left, top, right, bottom]: Box): readonly [Point, number] {
  return [[(left + right) / 2, (top + bottom) / 2], Math.max(right - left, bottom - top)];
}

/** Whether a detection is of another head than the faces in these boxes: on a profile there may be several. */
function isApart({ box }: Detection, boxes: readonly Box[]): boolean {
  return boxes.every((other) => iou(box, other) < UNREAD_APART);
}

/** Whether a detection is of one of the faces with these landmarks. */
function isOfOne(detection: Detection, faces: readonly Float32Array[]): boolean {
  return faces.some((face) => sameFace(detection.box, boxOfPoints(face, 3)));
}

/** Mean distance between the detector's and the mesh's eyes, nose and mouth, in face sizes. */
export function featuresApart({ keypoints }: Detection, { landmarksPx }: MeshFit): number {
  const [left, top, right, bottom] = boxOfPoints(landmarksPx, 3);
  const apart = FEATURES.map((group, i) => {
    const [x, y] = centroid(group.map((index) => landmark(landmarksPx, index)));
    return Math.hypot(x - keypoints[i][0], y - keypoints[i][1]);
  });
  return apart.reduce((sum, value) => sum + value, 0) / apart.length / Math.max(right - left, bottom - top, 1e-3);
}
