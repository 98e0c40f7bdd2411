/** The messages between the page and the worker. */

import type { Picture } from "../image/picture";
import type { RuntimeState } from "../runtime";
import type { PerceptionOptions, Scene } from "../types";
import type { Frame } from "./pixels";

/** What is fixed at the start; the other options may change later. */
export interface StartOptions {
  /** Threads of a model, where the page can have them. */
  readonly threads: number;
  readonly webgpu: boolean;
}

export type ToWorker =
  /** Fetches what `load` will need, and starts nothing; there is no answer. */
  | { readonly kind: "prefetch"; readonly base: string; readonly start: StartOptions; readonly options: PerceptionOptions }
  /** Starts it as well; there is no answer. */
  | { readonly kind: "warm"; readonly base: string; readonly start: StartOptions; readonly options: PerceptionOptions }
  | { readonly kind: "load"; readonly base: string; readonly start: StartOptions; readonly options: PerceptionOptions }
  | { readonly kind: "frame"; readonly frame: Frame; readonly timeS: number }
  /** Takes frames from a stream; their times are seconds since `originMs`. */
  | { readonly kind: "follow"; readonly stream: ReadableStream<VideoFrame>; readonly originMs: number }
  | { readonly kind: "pause"; readonly paused: boolean }
  /** The pixels of a frame that was shown, for the next ones. */
  | { readonly kind: "shown"; readonly pixels: ArrayBuffer }
  | { readonly kind: "photo"; readonly bitmap: ImageBitmap; readonly call: number }
  | { readonly kind: "configure"; readonly options: PerceptionOptions }
  | { readonly kind: "reset" }
  | { readonly kind: "state"; readonly call: number };

export type FromWorker =
  | { readonly kind: "progress"; readonly fraction: number }
  | { readonly kind: "fetched" }
  | { readonly kind: "loaded" }
  | { readonly kind: "failed"; readonly key: string; readonly detail: string }
  /** A frame to show, with what was found in it where it was inferred. Its pixels are to be sent back. */
  | { readonly kind: "frame"; readonly picture: Picture; readonly timeS: number; readonly scene: Scene | undefined }
  /** The answer to a frame that could not be read. */
  | { readonly kind: "skipped" }
  | { readonly kind: "stream_failed" }
  | { readonly kind: "photo"; readonly call: number; readonly scene: Scene }
  | { readonly kind: "state"; readonly call: number; readonly state: RuntimeState }
  | { readonly kind: "call_failed"; readonly call: number; readonly key: string };
