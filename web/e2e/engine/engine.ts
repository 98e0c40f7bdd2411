/** The built engine, exposed to tests. */

import { createCamera } from "../../src/camera/camera";
import { createPerception } from "../../src/perceptionClient";
import { playClip } from "./clip";
import { follow } from "./follow";
import { record } from "./record";
import type { Golden, StageResults } from "./stages.worker";

const stages = new Worker(new URL("./stages.worker.ts", import.meta.url));

/** Runs each stage on its stored input. */
function runStages(bitmap: ImageBitmap, golden: Golden): Promise<StageResults> {
  return new Promise((resolve, reject) => {
    stages.onmessage = ({ data }: MessageEvent<StageResults>) => resolve(data);
    stages.onerror = (event) => reject(new Error(event.message));
    stages.postMessage({ base: new URL("./", document.baseURI).href, bitmap, golden }, [bitmap]);
  });
}

/** Loads a picture from this server without colour conversion. */
async function loadPicture(url: string): Promise<ImageBitmap> {
  const response = await fetch(url);
  return createImageBitmap(await response.blob(), { colorSpaceConversion: "none" });
}

Object.assign(window, { engine: { createPerception, createCamera, runStages, loadPicture, record, playClip, follow } });
