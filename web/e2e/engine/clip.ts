/** The frames of a clip through perception one after the other, however long each takes. */

import type { WorkerPerception } from "../../src/perceptionClient";
import type { Scene } from "../../src/types";
import { seenIn, type Seen } from "./record";

/** The JPEG files in an MJPEG file. */
function split(bytes: Uint8Array<ArrayBuffer>): Blob[] {
  const starts: number[] = [];
  for (let i = 0; i + 2 < bytes.length; i++) {
    if (bytes[i] === 0xff && bytes[i + 1] === 0xd8 && bytes[i + 2] === 0xff) starts.push(i);
  }
  return starts.map((start, k) => new Blob([bytes.subarray(start, starts[k + 1] ?? bytes.length)], { type: "image/jpeg" }));
}

/** The frames of a clip of this server. */
export async function framesOf(url: string): Promise<Blob[]> {
  return split(new Uint8Array(await (await fetch(url)).arrayBuffer()));
}

/** Runs every `step`-th frame of the clip, `rounds` times, with times for `fps`; returns the scenes of the last round. */
export async function playClip(perception: WorkerPerception, url: string, fps: number, rounds: number, step = 1): Promise<Seen[]> {
  const frames = await framesOf(url);
  const seen: Seen[] = [];
  let arrived: (scene: Scene) => void = () => undefined;
  const off = perception.onScene((scene) => arrived(scene));
  for (let i = 0; i < rounds * frames.length; i += step) {
    const scene = new Promise<Scene>((resolve) => (arrived = resolve));
    perception.submit(await createImageBitmap(frames[i % frames.length], { colorSpaceConversion: "none" }), i / fps);
    const found = await scene;
    if (i >= (rounds - 1) * frames.length) seen.push(seenIn(found, i % frames.length));
  }
  off();
  return seen;
}
