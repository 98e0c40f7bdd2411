/** The messages between the page and the worker. */

import type { PerceptionOptions, Scene } from "../types";
import type { RuntimeState } from "../runtime";

/** What is fixed at the start; the other options may change later. */
export interface StartOptions {
  /** Threads of a model, where the page can have them. */
  readonly threads: number;
  readonly webgpu: boolean;
}

export type ToWorker =
  /** Fetches what `load` will need, and starts nothing; there is no answer. */
  | { readonly kind: "prefetch"; readonly base: string; readonly start: StartOptions; readonly options: PerceptionOptions }
  | { readonly kind: "load"; readonly base: string; readonly start: StartOptions; readonly options: PerceptionOptions }
  | { readonly kind: "frame"; readonly bitmap: ImageBitmap; readonly timeS: number; readonly index: number }
  | { readonly kind: "photo"; readonly bitmap: ImageBitmap; readonly call: number }
  | { readonly kind: "configure"; readonly options: PerceptionOptions }
  | { readonly kind: "reset" }
  | { readonly kind: "state"; readonly call: number };

export type FromWorker =
  | { readonly kind: "progress"; readonly fraction: number }
  | { readonly kind: "fetched" }
  | { readonly kind: "loaded" }
  | { readonly kind: "failed"; readonly key: string; readonly detail: string }
  | { readonly kind: "scene"; readonly scene: Scene }
  | { readonly kind: "skipped" }
  | { readonly kind: "photo"; readonly call: number; readonly scene: Scene }
  | { readonly kind: "state"; readonly call: number; readonly state: RuntimeState }
  | { readonly kind: "call_failed"; readonly call: number; readonly key: string };
