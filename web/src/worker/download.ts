/** The files that perception starts with: fetched once, before or when they are needed. */

import { keepOnly } from "../cache";
import { secondNetwork } from "../face/decide";
import { fetchJson, fetchManifest, fetchModel, LoadError, type ModelFile, type ModelManifest, type RuntimeManifest } from "../models";
import { Runtime } from "../runtime";
import type { PerceptionOptions } from "../types";
import type { StartOptions } from "./messages";

export const FACE_MODELS = ["face_detection_full_range_sparse", "face_detection_short_range", "face_landmark"];

export interface Fetched {
  readonly manifest: ModelManifest;
  /** Of the face models and those of the expression, by name. */
  readonly models: Map<string, Uint8Array>;
  readonly runtime: Awaited<ReturnType<typeof Runtime.fetch>>;
}

/** Begins when it is made. */
export class Download {
  /** Rejects with a `LoadError`. */
  readonly done: Promise<Fetched>;
  /** Gets 0..1 as bytes arrive. */
  onProgress: (fraction: number) => void = () => undefined;
  private failed = false;
  private receivedBytes = 0;
  private totalBytes = Infinity;

  constructor(
    readonly base: string,
    private readonly start: StartOptions,
    private readonly model: PerceptionOptions["model"],
  ) {
    this.done = this.fetch();
    this.done.catch(() => (this.failed = true)); // whoever waits for it gets the error too
  }

  /** Whether it has, or will have, what perception with this expression model needs. */
  serves(model: PerceptionOptions["model"]): boolean {
    return !this.failed && model === this.model;
  }

  /** 0..1. */
  get fraction(): number {
    return this.receivedBytes / this.totalBytes;
  }

  private async fetch(): Promise<Fetched> {
    const [manifest, runtimes] = await Promise.all([
      fetchManifest(this.base),
      fetchJson<RuntimeManifest>(new URL("wasm/manifest.json", this.base).href),
    ]);
    const names = [...FACE_MODELS, ...expressionModels(manifest, this.model)];
    const largest = Math.max(...Object.values(runtimes.files));
    this.totalBytes = names.reduce((sum, name) => sum + modelFile(manifest, name).bytes, largest);
    const received = (count: number) => {
      this.receivedBytes += count;
      this.onProgress(this.fraction);
    };
    const models = new Map<string, Uint8Array>();
    const fetching = names.map(async (name) => models.set(name, await fetchModel(this.base, modelFile(manifest, name), received)));
    const [runtime] = await Promise.all([Runtime.fetch(this.base, runtimes, this.start, received), ...fetching]);
    const current = new Set(Object.values(manifest.models).map(({ file }) => `models/${file}`));
    void keepOnly(this.base, (path) => current.has(path) || path.startsWith(`wasm/${runtimes.folder}/`));
    return { manifest, models, runtime };
  }
}

/** The expression model, and the one that gives its second predictions, where it is another. */
export function expressionModels(manifest: ModelManifest, name: string): readonly string[] {
  const second = secondNetwork(modelFile(manifest, name).decision);
  return second === undefined ? [name] : [name, second];
}

export function modelFile(manifest: ModelManifest, name: string): ModelFile {
  const file = manifest.models[name];
  if (!file) throw new LoadError("models_missing", { cause: `${name} is not in models/manifest.json` });
  return file;
}
