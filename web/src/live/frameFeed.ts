/** Frames from the camera to perception, in the cheapest way that the browser has. */

import type { Camera, CameraFrame } from "../camera/types";
import type { Perception } from "../types";

/**
 * stream: the worker reads the camera's frames by itself. frame: the page gives it references to the frames of a video.
 * bitmap: it gives copies of them.
 */
export type FeedPath = "stream" | "frame" | "bitmap";

/** A stream that has given nothing for so long will not give anything. */
const SILENT_MS = 4000;

interface ProcessorScope {
  readonly MediaStreamTrackProcessor?: new (init: { track: MediaStreamTrack }) => { readonly readable: ReadableStream<VideoFrame> };
  readonly VideoFrame?: typeof VideoFrame;
}

/** The ways that this browser has, the cheapest first. */
export function feedPaths(scope: object = globalThis): FeedPath[] {
  const { MediaStreamTrackProcessor, VideoFrame } = scope as ProcessorScope;
  return [...(MediaStreamTrackProcessor ? (["stream"] as const) : []), ...(VideoFrame ? (["frame"] as const) : []), "bitmap"];
}

export class FrameFeed {
  #path: FeedPath;
  #paused = false;
  #newest: CameraFrame | undefined;
  #grabbing = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #detach: (() => void)[] = [];

  constructor(
    private readonly camera: Camera,
    private readonly perception: Perception,
    private readonly scope: object = globalThis,
  ) {
    this.#path = feedPaths(scope)[0];
    this.#open();
  }

  get path(): FeedPath {
    return this.#path;
  }

  get paused(): boolean {
    return this.#paused;
  }

  set paused(paused: boolean) {
    this.#paused = paused;
    this.#newest = undefined;
    this.perception.pause(paused);
  }

  close(): void {
    clearTimeout(this.#timer);
    for (const detach of this.#detach) detach();
    this.#detach = [];
  }

  #open(): void {
    const { camera, perception } = this;
    this.perception.pause(this.#paused);
    this.#detach =
      this.#path === "stream"
        ? [perception.onFrame(() => clearTimeout(this.#timer)), perception.onStreamFailed(() => this.#fallBack()), camera.onTrack((track) => this.#follow(track))]
        : [perception.onFrame(() => this.#give()), camera.onFrame((frame) => this.#give(frame))];
  }

  #follow(track: MediaStreamTrack): void {
    clearTimeout(this.#timer);
    try {
      const { MediaStreamTrackProcessor } = this.scope as Required<ProcessorScope>;
      this.perception.follow(new MediaStreamTrackProcessor({ track }).readable);
      this.#timer = setTimeout(() => this.#fallBack(), SILENT_MS);
    } catch (error) {
      console.warn("the camera's stream cannot be given to a worker:", error);
      queueMicrotask(() => this.#fallBack()); // what called this may still be attaching listeners
    }
  }

  /** Uses the next path. */
  #fallBack(): void {
    if (this.#path !== "stream") return;
    this.close();
    this.#path = feedPaths(this.scope).find((path) => path !== "stream")!;
    this.#open();
  }

  /** Gives the newest frame to perception when it is free, so that no frame waits there and becomes old. */
  #give(frame = this.#newest): void {
    this.#newest = frame;
    if (!frame || this.#paused || this.#grabbing || this.perception.busy) return;
    this.#newest = undefined;
    this.#grabbing = true;
    this.#grab(frame)
      .then((grabbed) => this.perception.submit(grabbed, frame.timeS))
      .catch(() => undefined) // the camera was switched off between the frame and its copy
      .finally(() => (this.#grabbing = false));
  }

  async #grab({ video, timeS }: CameraFrame): Promise<VideoFrame | ImageBitmap> {
    return this.#path === "frame" ? new VideoFrame(video, { timestamp: 1e6 * timeS }) : createImageBitmap(video);
  }
}
