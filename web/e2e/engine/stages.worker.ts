/** The stages one by one, for the golden test: each on an input that is stored in tests/golden/. */

import type { Picture } from "../../src/image/picture";
import { fetchJson, fetchModel, type ModelManifest, type RuntimeManifest } from "../../src/models";
import { align, alignmentMatrix } from "../../src/perception/align";
import type { Detection } from "../../src/perception/anchors";
import { ExpressionClassifier } from "../../src/perception/classifier";
import { FaceDetector } from "../../src/perception/detect";
import { FaceMesh, regionOfDetection } from "../../src/perception/mesh";
import { PoseFitter } from "../../src/perception/pose";
import { Runtime } from "../../src/runtime";
import { PixelReader } from "../../src/worker/pixels";

const CROP_PX = 48;
const MODELS = ["face_detection_full_range_sparse", "face_detection_short_range", "face_landmark", "emoar-s", "emoar-m"];

/** The inputs in one file of tests/golden/. */
export interface Golden {
  readonly detections: readonly {
    readonly box_xyxy_px: Detection["box"];
    readonly keypoints_px: Detection["keypoints"];
    readonly score: number;
  }[];
  readonly faces: readonly {
    readonly landmarks_px: readonly number[][];
    /** Grey levels of the (48, 48) crop, base64. */
    readonly crop: string;
    readonly vertical_fov_deg: number;
  }[];
}

/** The outputs of the stages, in the order of the inputs. */
export interface StageResults {
  readonly detections: readonly Detection[];
  readonly meshes: readonly { readonly landmarksPx: number[]; readonly presence: number }[];
  readonly faces: readonly {
    readonly matrix: readonly number[];
    readonly crop: number[];
    readonly pose: number[];
    readonly probabilities: Readonly<Record<string, { readonly ferplus: number[]; readonly fer2013: number[] }>>;
    readonly features: Readonly<Record<string, number[]>>;
  }[];
}

interface Loaded {
  readonly detector: FaceDetector;
  readonly mesh: FaceMesh;
  readonly classifiers: readonly ExpressionClassifier[];
}

let loaded: Promise<Loaded> | null = null;

async function load(base: string): Promise<Loaded> {
  const { models } = await fetchJson<ModelManifest>(`${base}models/manifest.json`);
  const runtimes = await fetchJson<RuntimeManifest>(`${base}wasm/manifest.json`);
  const nothing = () => undefined;
  const bytes = new Map<string, Uint8Array>();
  for (const name of MODELS) bytes.set(name, await fetchModel(base, models[name], nothing));
  const { start } = await Runtime.fetch(base, runtimes, { threads: 1, webgpu: false }, nothing);
  const runtime = await start(bytes);
  return {
    detector: await FaceDetector.load(runtime),
    mesh: await FaceMesh.load(runtime),
    classifiers: [await ExpressionClassifier.load(runtime, "emoar-s"), await ExpressionClassifier.load(runtime, "emoar-m")],
  };
}

async function fitMesh(mesh: FaceMesh, picture: Picture, stored: Golden["detections"][number]) {
  const detection = { box: stored.box_xyxy_px, keypoints: stored.keypoints_px, score: stored.score };
  const { landmarksPx, presence } = await mesh.fit(picture, regionOfDetection(detection));
  return { landmarksPx: [...landmarksPx], presence };
}

async function runFace(classifiers: Loaded["classifiers"], picture: Picture, stored: Golden["faces"][number]) {
  const landmarksPx = Float32Array.from(stored.landmarks_px.flat());
  const crop = { data: Uint8Array.from(atob(stored.crop), (byte) => byte.charCodeAt(0)), widthPx: CROP_PX, heightPx: CROP_PX };
  const probabilities: Record<string, { ferplus: number[]; fer2013: number[] }> = {};
  const found: Record<string, number[]> = {};
  for (const classifier of classifiers) {
    const { ferplus, fer2013, features } = await classifier.classify(crop);
    found[classifier.model] = [...features];
    probabilities[classifier.model] = { ferplus: [...ferplus], fer2013: [...fer2013] };
  }
  const pose = new PoseFitter(stored.vertical_fov_deg).fit(landmarksPx, picture.widthPx, picture.heightPx);
  return { matrix: alignmentMatrix(landmarksPx), crop: [...align(picture, landmarksPx).data], pose: [...pose], probabilities, features: found };
}

self.onmessage = async ({ data }: MessageEvent<{ base: string; bitmap: ImageBitmap; golden: Golden }>) => {
  loaded ??= load(data.base);
  const { detector, mesh, classifiers } = await loaded;
  const picture = await new PixelReader().read(data.bitmap);
  const meshes = [];
  for (const stored of data.golden.detections) meshes.push(await fitMesh(mesh, picture, stored));
  const faces = [];
  for (const stored of data.golden.faces) faces.push(await runFace(classifiers, picture, stored));
  const results: StageResults = { detections: await detector.detect(picture), meshes, faces };
  self.postMessage(results);
};
