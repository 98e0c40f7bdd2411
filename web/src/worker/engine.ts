/** Everything inside the worker: the runtime, the stages, a pipeline for the camera and one for photos. */

import { keepOnly } from "../cache";
import type { Picture } from "../image/picture";
import { fetchJson, fetchModel, LoadError, type ModelManifest, type RuntimeManifest } from "../models";
import { ExpressionClassifier } from "../perception/classifier";
import { loadStages, Pipeline } from "../perception/pipeline";
import { Runtime, type RuntimeState } from "../runtime";
import type { PerceptionOptions, Scene } from "../types";
import type { StartOptions } from "./messages";

const FACE_MODELS = ["face_detection_full_range_sparse", "face_detection_short_range", "face_landmark"];
const MAX_PHOTO_FACES = 32;

export interface LoadEvents {
  /** Gets 0..1. */
  readonly progress: (fraction: number) => void;
  /** Called when all files are fetched and only have to be started. */
  readonly fetched: () => void;
}

export class Engine {
  private constructor(
    private readonly base: string,
    private readonly manifest: ModelManifest,
    private readonly bytes: Map<string, Uint8Array>,
    private readonly runtime: Runtime,
    private classifier: ExpressionClassifier,
    private readonly live: Pipeline,
    private readonly photos: Pipeline,
    private options: PerceptionOptions,
  ) {}

  /** Fetches everything that the options need, and starts it. */
  static async load(
    base: string,
    start: StartOptions,
    options: PerceptionOptions,
    { progress, fetched }: LoadEvents,
  ): Promise<Engine> {
    const [manifest, runtimes] = await Promise.all([
      fetchJson<ModelManifest>(new URL("models/manifest.json", base).href),
      fetchJson<RuntimeManifest>(new URL("wasm/manifest.json", base).href),
    ]);
    const names = [...FACE_MODELS, options.model];
    const largest = Math.max(...Object.values(runtimes.files));
    const total = names.reduce((sum, name) => sum + modelFile(manifest, name).bytes, largest);
    let sofar = 0;
    const received = (count: number) => {
      sofar += count;
      progress(Math.min(sofar / total, 0.98)); // the rest is starting it
    };
    const bytes = new Map<string, Uint8Array>();
    const fetching = names.map(async (name) => bytes.set(name, await fetchModel(base, modelFile(manifest, name), received)));
    const [started] = await Promise.all([Runtime.fetch(base, runtimes, start, received), ...fetching]);
    fetched();
    const current = new Set(Object.values(manifest.models).map(({ file }) => `models/${file}`));
    void keepOnly(base, (path) => current.has(path) || path.startsWith(`wasm/${runtimes.folder}/`));
    const runtime = await started.start(bytes);
    const stages = await loadStages(runtime, options.model);
    const live = new Pipeline(stages, { mode: "live", maxFaces: options.maxFaces, classifyEveryS: options.classifyEveryS });
    const photos = new Pipeline(stages, { mode: "photo", maxFaces: MAX_PHOTO_FACES, classifyEveryS: 0 });
    progress(1);
    return new Engine(base, manifest, bytes, runtime, stages.classifier, live, photos, options);
  }

  frame(picture: Picture, timeS: number, index: number): Promise<Scene> {
    return this.live.run({ picture, timeS, index });
  }

  photo(picture: Picture): Promise<Scene> {
    return this.photos.run({ picture, timeS: 0, index: 0 });
  }

  async configure(options: PerceptionOptions): Promise<void> {
    this.live.configure({ maxFaces: options.maxFaces, classifyEveryS: options.classifyEveryS });
    const changed = options.model !== this.options.model;
    this.options = options;
    if (changed) await this.changeModel(options.model);
  }

  reset(): void {
    this.live.reset();
  }

  state(): RuntimeState {
    return this.runtime.state();
  }

  /** Fetches the other expression model when it is first used. */
  private async changeModel(name: string): Promise<void> {
    if (!this.bytes.has(name)) {
      this.bytes.set(name, await fetchModel(this.base, modelFile(this.manifest, name), () => undefined));
    }
    const classifier = await ExpressionClassifier.load(this.runtime, name);
    this.live.useClassifier(classifier);
    this.photos.useClassifier(classifier);
    this.classifier.close();
    this.classifier = classifier;
  }
}

function modelFile(manifest: ModelManifest, name: string) {
  const file = manifest.models[name];
  if (!file) throw new LoadError("models_missing", { cause: `${name} is not in models/manifest.json` });
  return file;
}
