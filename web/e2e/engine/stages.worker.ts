/** The stages one by one, for the golden test: detections and crops are in no scene. */

import { fetchJson, fetchModel, type ModelManifest, type RuntimeManifest } from "../../src/models";
import { align, alignmentMatrix } from "../../src/perception/align";
import { FaceDetector } from "../../src/perception/detect";
import { Runtime } from "../../src/runtime";
import { PixelReader } from "../../src/worker/pixels";

const BLOCKS = 6;
const DETECTORS = ["face_detection_full_range_sparse", "face_detection_short_range"];

let detector: Promise<FaceDetector> | null = null;

async function load(base: string): Promise<FaceDetector> {
  const { models } = await fetchJson<ModelManifest>(`${base}models/manifest.json`);
  const runtimes = await fetchJson<RuntimeManifest>(`${base}wasm/manifest.json`);
  const nothing = () => undefined;
  const bytes = new Map<string, Uint8Array>();
  for (const name of DETECTORS) bytes.set(name, await fetchModel(base, models[name], nothing));
  const { start } = await Runtime.fetch(base, runtimes, { threads: 1, webgpu: false }, nothing);
  return FaceDetector.load(await start(bytes));
}

/** Means of 6x6 blocks of pixels, as `scripts/write_golden.py` keeps them. */
function blockMeans(data: Uint8Array, sidePx: number): number[][] {
  const step = sidePx / BLOCKS;
  const mean = (top: number, left: number) => {
    let sum = 0;
    for (let y = 0; y < step; y++) for (let x = 0; x < step; x++) sum += data[(top + y) * sidePx + left + x];
    return sum / step ** 2;
  };
  return Array.from({ length: BLOCKS }, (_, row) => Array.from({ length: BLOCKS }, (_, column) => mean(row * step, column * step)));
}

self.onmessage = async ({ data }: MessageEvent<{ base: string; bitmap: ImageBitmap; landmarks: Float32Array[] }>) => {
  detector ??= load(data.base);
  const picture = new PixelReader().read(data.bitmap);
  const detections = await (await detector).detect(picture);
  const crops = data.landmarks.map((points) => ({
    matrix: alignmentMatrix(points),
    blockMeans: blockMeans(align(picture, points).data, 48),
  }));
  self.postMessage({ detections, crops });
};
