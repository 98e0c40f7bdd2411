/** The built engine for tests: what the screens import, where a test can reach it. */

import { createCamera } from "../../src/camera/camera";
import { createPerception } from "../../src/perceptionClient";
import { playClip } from "./clip";
import { follow } from "./follow";
import { record } from "./record";

const stages = new Worker(new URL("./stages.worker.ts", import.meta.url));

/** What the detector finds in a picture, and the crops of faces with those landmarks. */
function runStages(bitmap: ImageBitmap, landmarks: readonly Float32Array[]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    stages.onmessage = ({ data }: MessageEvent<unknown>) => resolve(data);
    stages.onerror = (event) => reject(new Error(event.message));
    stages.postMessage({ base: new URL("./", document.baseURI).href, bitmap, landmarks }, [bitmap]);
  });
}

/** A picture of this server, its colours left as they are in the file. */
async function loadPicture(url: string): Promise<ImageBitmap> {
  const response = await fetch(url);
  return createImageBitmap(await response.blob(), { colorSpaceConversion: "none" });
}

Object.assign(window, { engine: { createPerception, createCamera, runStages, loadPicture, record, playClip, follow } });
