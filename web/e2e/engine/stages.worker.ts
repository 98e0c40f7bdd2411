/** The stages one by one, each on its stored input, for the golden test; a scene does not show them. */

import { fetchJson, fetchModel, type ModelManifest, type RuntimeManifest } from "../../src/models";
import { align } from "../../src/perception/align";
import type { Detection } from "../../src/perception/anchors";
import { ExpressionClassifier } from "../../src/perception/classify";
import { FaceDetector } from "../../src/perception/detect";
import { FaceMesh, regionOfDetection } from "../../src/perception/mesh";
import type { Picture } from "../../src/perception/picture";
import { PoseFitter } from "../../src/perception/pose";
import { Runtime } from "../../src/runtime";
import { PixelReader } from "../../src/worker/pixels";

const BLOCKS = 6;
const CLASSIFIERS = ["emoar-s", "emoar-m"];
const MODELS = ["face_detection_full_range_sparse", "face_detection_short_range", "face_landmark", ...CLASSIFIERS];

/** What a file in tests/golden/ stores as the input of a stage. */
export interface Golden {
  readonly detections: readonly { box_xyxy_px: Detection["box"]; keypoints_px: Detection["keypoints"]; score: number }[];
  /** `crop`: (48, 48) grey levels as base64. */
  readonly faces: readonly { landmarks_px: number[][]; vertical_fov_deg: number; crop: string }[];
}

export interface StagesRequest {
  readonly base: string;
  readonly bitmap: ImageBitmap;
  readonly golden: Golden;
  /** Of the faces that the pipeline finds: their crops are returned as means of blocks. */
  readonly landmarks: readonly Float32Array[];
}

export interface StagesResult {
  readonly detections: readonly Detection[];
  /** Of each stored detection. */
  readonly meshes: readonly { landmarksPx: number[]; presence: number }[];
  /** Of each stored face; probabilities by model. */
  readonly faces: readonly {
    pose: number[];
    crop: number[];
    probabilities: Record<string, { ferplus: number[]; fer2013: number[] }>;
  }[];
  readonly blockMeans: readonly number[][][];
}

interface Stages {
  readonly detector: FaceDetector;
  readonly mesh: FaceMesh;
  readonly classifiers: readonly ExpressionClassifier[];
}

let stages: Promise<Stages> | null = null;

async function load(base: string): Promise<Stages> {
  const { models } = await fetchJson<ModelManifest>(`${base}models/manifest.json`);
  const runtimes = await fetchJson<RuntimeManifest>(`${base}wasm/manifest.json`);
  const nothing = () => undefined;
  const bytes = new Map<string, Uint8Array>();
  for (const name of MODELS) bytes.set(name, await fetchModel(base, models[name], nothing));
  const { start } = await Runtime.fetch(base, runtimes, { threads: 1, webgpu: false }, nothing);
  const runtime = await start(bytes);
  const detector = await FaceDetector.load(runtime);
  const mesh = await FaceMesh.load(runtime);
  const classifiers = [];
  for (const name of CLASSIFIERS) classifiers.push(await ExpressionClassifier.load(runtime, name));
  return { detector, mesh, classifiers };
}

/** Means of 6x6 blocks of pixels, as `scripts/write_golden.py` stores them. */
function blockMeans(data: Uint8Array, sidePx: number): number[][] {
  const step = sidePx / BLOCKS;
  const mean = (top: number, left: number) => {
    let sum = 0;
    for (let y = 0; y < step; y++) for (let x = 0; x < step; x++) sum += data[(top + y) * sidePx + left + x];
    return sum / step ** 2;
  };
  return Array.from({ length: BLOCKS }, (_, row) => Array.from({ length: BLOCKS }, (_, column) => mean(row * step, column * step)));
}

/** The mesh of each stored detection. */
async function fitMeshes(mesh: FaceMesh, picture: Picture, { detections }: Golden): Promise<StagesResult["meshes"]> {
  const fits = [];
  for (const { box_xyxy_px: box, keypoints_px: keypoints, score } of detections) {
    const { landmarksPx, presence } = await mesh.fit(picture, regionOfDetection({ box, keypoints, score }));
    fits.push({ landmarksPx: [...landmarksPx], presence });
  }
  return fits;
}

/** Pose and crop of the stored landmarks of each face, and the probabilities of its stored crop by model. */
async function describeFaces(
  classifiers: readonly ExpressionClassifier[],
  picture: Picture,
  { faces }: Golden,
): Promise<StagesResult["faces"]> {
  const described = [];
  for (const face of faces) {
    const landmarksPx = Float32Array.from(face.landmarks_px.flat());
    const pose = new PoseFitter(face.vertical_fov_deg).fit(landmarksPx, picture.widthPx, picture.heightPx);
    const crop = align(picture, landmarksPx);
    const stored = { ...crop, data: Uint8Array.from(atob(face.crop), (character) => character.charCodeAt(0)) };
    const probabilities: Record<string, { ferplus: number[]; fer2013: number[] }> = {};
    for (const classifier of classifiers) {
      const { ferplus, fer2013 } = await classifier.classify(stored);
      probabilities[classifier.model] = { ferplus: [...ferplus], fer2013: [...fer2013] };
    }
    described.push({ pose: [...pose], crop: [...crop.data], probabilities });
  }
  return described;
}

self.onmessage = async ({ data }: MessageEvent<StagesRequest>) => {
  stages ??= load(data.base);
  const { detector, mesh, classifiers } = await stages;
  const picture = new PixelReader().read(data.bitmap);
  const result: StagesResult = {
    detections: await detector.detect(picture),
    meshes: await fitMeshes(mesh, picture, data.golden),
    faces: await describeFaces(classifiers, picture, data.golden),
    blockMeans: data.landmarks.map((points) => blockMeans(align(picture, points).data, 48)),
  };
  self.postMessage(result);
};
