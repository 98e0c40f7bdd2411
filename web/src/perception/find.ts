/** Finds faces in a frame: the detector says where to look, the mesh leads itself to the place. */

import { boxOfPoints, iou, type Region } from "../geometry";
import type { Detection } from "./anchors";
import type { FaceDetector } from "./detect";
import { overlapsAny } from "./identity";
import { agree, regionOfDetection, regionOfLandmarks, type FaceMesh, type MeshFit } from "./mesh";
import type { Picture } from "./picture";

const DETECTION_IOU = 0.35; // a detection that overlaps a followed face by this is that face

export interface FinderOptions {
  /** Of the mesh; less is not a face. */
  readonly minimumPresence: number;
  /** A number: photo search in tiles, for faces down to this size. */
  readonly smallestFacePx: number | null;
}

/** Detector and mesh, with the time that each took since `timingsMs` was last set to zero. */
export class FaceFinder {
  timingsMs = { detect: 0, mesh: 0 };

  constructor(
    private readonly detector: Pick<FaceDetector, "detect" | "detectSmall">,
    private readonly mesh: Pick<FaceMesh, "fit">,
    private readonly options: FinderOptions,
    private readonly now: () => number,
  ) {}

  /** The faces that the detector sees, at most so many, without those on known landmarks. */
  async find(picture: Picture, known: readonly Float32Array[], most: number): Promise<MeshFit[]> {
    const taken = [...known];
    const found: MeshFit[] = [];
    for (const detection of await this.detect(picture)) {
      if (found.length >= most) break;
      if (taken.some((other) => inside(detection, other))) continue;
      const fit = await this.fitDetection(picture, detection);
      if (!this.isFace(fit) || overlapsAny(fit.landmarksPx, taken)) continue;
      found.push(fit);
      taken.push(fit.landmarksPx);
    }
    return found;
  }

  /** The mesh in that region, whether or not a face is there. */
  async fit(picture: Picture, region: Region): Promise<MeshFit> {
    const started = this.now();
    const fit = await this.mesh.fit(picture, region);
    this.timingsMs.mesh += this.now() - started;
    return fit;
  }

  /** Whether the mesh lies on a face. */
  isFace(fit: MeshFit): boolean {
    return fit.presence >= this.options.minimumPresence;
  }

  private async detect(picture: Picture): Promise<Detection[]> {
    const { smallestFacePx } = this.options;
    const started = this.now();
    const found = await (smallestFacePx === null
      ? this.detector.detect(picture)
      : this.detector.detectSmall(picture, smallestFacePx));
    this.timingsMs.detect += this.now() - started;
    return found;
  }

  /** A detector's box is rough: where the mesh shows that it was off, a second look begins at the right place. */
  private async fitDetection(picture: Picture, detection: Detection): Promise<MeshFit> {
    const region = regionOfDetection(detection);
    const fit = await this.fit(picture, region);
    const better = regionOfLandmarks(fit.landmarksPx);
    return this.isFace(fit) && !agree(region, better) ? this.fit(picture, better) : fit;
  }
}

/** Whether a detection is of the face with these landmarks. */
function inside(detection: Detection, landmarksPx: Float32Array): boolean {
  return iou(detection.box, boxOfPoints(landmarksPx, 3)) > DETECTION_IOU;
}
