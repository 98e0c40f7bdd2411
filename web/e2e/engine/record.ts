/** A live session without screens: camera, perception, and the results. */

import type { Camera } from "../../src/camera/types";
import type { WorkerPerception } from "../../src/perceptionClient";
import type { Scene } from "../../src/types";

const BITS = 10;
const SQUARE_PX = 10;

export interface SeenFace {
  readonly id: number;
  readonly box: number[];
  readonly label: string;
  /** Why no expression is given, by the keys of `Quality.reasons`. */
  readonly reasons: readonly string[];
}

export interface Seen {
  /** The number in the corner of the clip's frame. */
  readonly number: number;
  readonly timeS: number;
  readonly faces: readonly SeenFace[];
}

/** The part of a scene that tests compare. */
export function seenIn({ timeS, faces }: Scene, number: number): Seen {
  const seen = faces.map(({ trackId, boxXyxyPx, expression, quality: { reasons } }) => ({ id: trackId, box: [...boxXyxyPx], label: expression.label, reasons }));
  return { number, timeS, faces: seen };
}

export interface Record {
  readonly seen: readonly Seen[];
  readonly cameraFrames: number;
  /** Milliseconds between the animation frames of the display. */
  readonly gapsMs: number[];
  readonly timingsMs: readonly Scene["timingsMs"][];
  readonly seconds: number;
}

/** Reads the number of a clip's frame from the squares in its lower left corner. */
class NumberReader {
  private readonly canvas = new OffscreenCanvas(BITS * SQUARE_PX, SQUARE_PX);
  private readonly context = this.canvas.getContext("2d", { willReadFrequently: true })!;

  read(video: HTMLVideoElement, heightPx: number): number {
    const width = BITS * SQUARE_PX;
    this.context.drawImage(video, 0, heightPx - SQUARE_PX, width, SQUARE_PX, 0, 0, width, SQUARE_PX);
    const { data } = this.context.getImageData(0, SQUARE_PX / 2, width, 1);
    let number = 0;
    for (let bit = 0; bit < BITS; bit++) if (data[4 * (bit + 0.5) * SQUARE_PX] > 127) number |= 1 << bit;
    return number;
  }
}

/** Runs for `seconds` seconds and leaves out the scenes of the first `skipS`. */
export async function record(
  camera: Camera,
  perception: WorkerPerception,
  seconds: number,
  skipS = 1,
): Promise<Record> {
  const reader = new NumberReader();
  const numbers = new Map<number, number>();
  const seen: Seen[] = [];
  const timingsMs: Scene["timingsMs"][] = [];
  const gapsMs: number[] = [];
  let cameraFrames = 0;
  const startS = performance.now() / 1000 + skipS;
  const endS = startS + seconds;
  const offFrame = camera.onFrame(({ video, heightPx, timeS }) => {
    if (performance.now() / 1000 > startS) cameraFrames++;
    numbers.set(timeS, reader.read(video, heightPx));
    void createImageBitmap(video).then((bitmap) => perception.submit(bitmap, timeS));
  });
  const offScene = perception.onScene((scene) => {
    if (scene.timeS < startS) return;
    timingsMs.push(scene.timingsMs);
    seen.push(seenIn(scene, numbers.get(scene.timeS) ?? -1));
    for (const timeS of numbers.keys()) if (timeS <= scene.timeS) numbers.delete(timeS);
  });
  await new Promise<void>((resolve) => {
    let last = performance.now();
    const tick = (now: number) => {
      if (last / 1000 > startS) gapsMs.push(now - last);
      last = now;
      if (now / 1000 < endS) requestAnimationFrame(tick);
      else resolve();
    };
    requestAnimationFrame(tick);
  });
  offFrame();
  offScene();
  return { seen, cameraFrames, gapsMs, timingsMs, seconds };
}
