/** Finds faces in a frame: the detector gives the first region, the mesh refines it. */

import type { Picture } from "../image/picture";
import { boxOfPoints, iou, type Region } from "../maths/geometry";
import type { Detection } from "./anchors";
import { overlapsAny } from "./association";
import type { FaceDetector } from "./detect";
import { regionOfDetection, regionOfLandmarks, sameRegion, type FaceMesh, type MeshFit } from "./mesh";
import type { Stopwatch } from "./stopwatch";

export const DETECTION_IOU = 0.35; // a detection that overlaps a tracked face by this is that face

export interface FinderOptions {
  /** Presence of the mesh below which there is no face. */
  readonly minimumPresence: number;
  /** Photos are searched in tiles for faces down to this size; null means no tiles. */
  readonly smallestFacePx: number | null;
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
  async find(picture: Picture, known: readonly Float32Array[], most: number): Promise<MeshFit[]> {
    const occupied = [...known];
    const found: MeshFit[] = [];
    for (const detection of await this.stopwatch.measure("detect", () => this.detect(picture))) {
      if (found.length >= most) break;
      if (occupied.some((other) => inside(detection, other))) continue;
      const fit = await this.fitDetection(picture, detection);
      if (!this.isFace(fit) || overlapsAny(fit.landmarksPx, occupied)) continue;
      found.push(fit);
      occupied.push(fit.landmarksPx);
    }
    return found;
  }

  /** The mesh in that region, whether or not a face is there. */
  fit(picture: Picture, region: Region): Promise<MeshFit> {
    return this.stopwatch.measure("mesh", () => this.mesh.fit(picture, region));
  }

  /** Whether the mesh lies on a face. */
  isFace(fit: MeshFit): boolean {
    return fit.presence >= this.options.minimumPresence;
  }

  private detect(picture: Picture): Promise<Detection[]> {
    const { smallestFacePx } = this.options;
    return smallestFacePx === null ? this.detector.detect(picture) : this.detector.detectSmall(picture, smallestFacePx);
  }

  /** Fits the mesh in the detector's box, which is rough; where the mesh gives another region, fits it again there. */
  private async fitDetection(picture: Picture, detection: Detection): Promise<MeshFit> {
    const region = regionOfDetection(detection);
    const fit = await this.fit(picture, region);
    const better = regionOfLandmarks(fit.landmarksPx);
    return this.isFace(fit) && !sameRegion(region, better) ? this.fit(picture, better) : fit;
  }
}

/** Whether a detection is of the face with these landmarks. */
function inside(detection: Detection, landmarksPx: Float32Array): boolean {
  return iou(detection.box, boxOfPoints(landmarksPx, 3)) > DETECTION_IOU;
}
