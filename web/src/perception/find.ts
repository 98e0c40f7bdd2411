/** Finds faces in a frame: the detector gives the first region, the mesh refines it. */

import { LEFT_EYE_INNER, LEFT_EYE_OUTER, MOUTH, NOSE_TIP, RIGHT_EYE_INNER, RIGHT_EYE_OUTER } from "../faceLandmarks";
import { cut, type Picture } from "../image/picture";
import { boxOfPoints, centroid, landmark, type Point, type Region } from "../maths/geometry";
import type { Detection } from "./anchors";
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

/** Detector and mesh together; their time goes to the stages `detect` and `mesh` of the stopwatch. */
export class FaceFinder {
  constructor(
    private readonly detector: Pick<FaceDetector, "detect" | "detectSmall">,
    private readonly mesh: Pick<FaceMesh, "fit">,
    private readonly options: FinderOptions,
    private readonly stopwatch: Stopwatch,
  ) {}

  /** The detected faces, at most `most`, without those on known landmarks. */
  async find(picture: Picture, known: readonly Float32Array[], most: number): Promise<MeshFit[]> {
    for (const turned of this.options.everyDirection ? [false, true] : [false]) {
      const detections = await this.stopwatch.measure("detect", () => this.detect(picture, turned));
      const found: MeshFit[] = [];
      for await (const fit of this.fits(picture, detections, known)) {
        if (this.isFace(fit)) found.push(fit);
        if (found.length >= most) break;
      }
      if (found.length > 0) return found;
    }
    return [];
  }

  /** The detected faces around a place where a face of that size was expected, whatever their presence. */
  async findNear(picture: Picture, centre: Point, sizePx: number, known: readonly Float32Array[]): Promise<MeshFit[]> {
    const found: MeshFit[] = [];
    const detections = await this.detectNear(picture, centre, sizePx);
    for await (const fit of this.fits(picture, detections, known)) found.push(fit);
    return found;
  }

  /** Detections in a square: a small part of the picture, in which the detector sees a face better. */
  private async detectNear(picture: Picture, [x, y]: Point, sizePx: number): Promise<Detection[]> {
    const half = (NEAR_SIZES / 2) * sizePx;
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

  /** The mesh of each detection that is of no known face, one for each face. */
  private async *fits(picture: Picture, detections: readonly Detection[], known: readonly Float32Array[]) {
    const occupied = [...known];
    for (const detection of detections) {
      if (occupied.some((other) => sameFace(detection.box, boxOfPoints(other, 3)))) continue;
      const fit = await this.fitDetection(picture, detection);
      if (!fit || overlapsAny(fit.landmarksPx, occupied)) continue;
      if (this.isFace(fit)) occupied.push(fit.landmarksPx);
      yield fit;
    }
  }

  /** The mesh of a detection, which may be upside down; null where it does not lie on the detected features. */
  private async fitDetection(picture: Picture, detection: Detection): Promise<MeshFit | null> {
    const region = regionOfDetection(detection);
    const fit = await this.fitTwice(picture, region);
    if (!this.isFace(fit)) return fit;
    if (fit.presence >= CERTAIN_PRESENCE) return (await this.isConfirmed(picture, detection, fit)) ? fit : null;
    for (const quarters of [2, 1, 3]) {
      const turned = await this.fitTwice(picture, { ...region, angleRad: region.angleRad + (quarters * Math.PI) / 2 });
      if (MORE_CERTAIN * (1 - turned.presence) < 1 - fit.presence) return turned;
    }
    return (await this.isConfirmed(picture, detection, fit)) ? fit : null;
  }

  /** Whether the mesh lies on the detected features, at the second try those of a detection nearby. */
  private async isConfirmed(picture: Picture, detection: Detection, fit: MeshFit): Promise<boolean> {
    if (featuresApart(detection, fit) < FEATURES_APART) return true;
    const [left, top, right, bottom] = boxOfPoints(fit.landmarksPx, 3);
    const centre = [(left + right) / 2, (top + bottom) / 2] as const;
    const again = await this.detectNear(picture, centre, Math.max(right - left, bottom - top));
    return again.some((other) => featuresApart(other, fit) < FEATURES_APART);
  }

  /** The mesh in a region, and again where its landmarks give another region. */
  private async fitTwice(picture: Picture, region: Region): Promise<MeshFit> {
    const fit = await this.fit(picture, region);
    const better = regionOfLandmarks(fit.landmarksPx);
    return this.isFace(fit) && !sameRegion(region, better) ? this.fit(picture, better) : fit;
  }
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
