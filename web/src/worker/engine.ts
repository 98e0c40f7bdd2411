/** Everything inside the worker: the runtime, the stages, a pipeline for the camera and one for photos. */

import { contentsOf } from "../image/contents";
import type { Picture } from "../image/picture";
import { fetchModel, type ModelManifest } from "../models";
import { ExpressionClassifier } from "../perception/classifier";
import { loadStages, MAXIMUM_PHOTO_FACES, Pipeline, type PipelineOptions } from "../perception/pipeline";
import { PersonalHead } from "../personal/head";
import type { Runtime, RuntimeState } from "../runtime";
import type { PerceptionOptions, Scene } from "../types";
import { expressionModels, modelFile, type Download } from "./download";
import { Pace } from "./pace";

const FETCHED = 0.98; // of the progress; the rest is starting it

export interface LoadEvents {
  /** Gets 0..1. */
  readonly progress: (fraction: number) => void;
  /** Called when all files are fetched and only have to be started. */
  readonly fetched: () => void;
}

export class Engine {
  /** The document of the head that is used, as text. */
  private personal = "";
  private readonly pace = new Pace();
  /** Of the frames that were inferred. */
  private count = 0;

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

  /** Waits for everything that the options need, and starts it. */
  static async load(download: Download, options: PerceptionOptions, { progress, fetched }: LoadEvents): Promise<Engine> {
    download.onProgress = (fraction) => progress(Math.min(fraction, FETCHED));
    download.onProgress(download.fraction);
    const { manifest, models, runtime: fetchedRuntime } = await download.done;
    fetched();
    const runtime = await fetchedRuntime.start(models);
    const stages = await loadStages(runtime, options.model, modelFile(manifest, options.model).decision);
    const live = new Pipeline(stages, { mode: "live", ...liveOptions(options) });
    const photos = new Pipeline(stages, { mode: "photo", maxFaces: MAXIMUM_PHOTO_FACES, classifyEveryS: 0 });
    progress(1);
    const engine = new Engine(download.base, manifest, models, runtime, stages.classifier, live, photos, options);
    engine.usePersonal(options);
    return engine;
  }

  /** What is in a frame; undefined where nothing has moved, and frames may be left out. */
  async frame(picture: Picture, timeS: number): Promise<Scene | undefined> {
    const contents = this.options.restful ? contentsOf(picture) : undefined;
    if (contents && !this.pace.isDue(contents, timeS)) return undefined;
    const scene = await this.live.run({ picture, timeS, index: this.count++ });
    if (contents) this.pace.inferred(scene, contents);
    return scene;
  }

  photo(picture: Picture): Promise<Scene> {
    return this.photos.run({ picture, timeS: 0, index: 0 });
  }

  async configure(options: PerceptionOptions): Promise<void> {
    this.live.configure(liveOptions(options));
    const changed = options.model !== this.options.model;
    this.options = options;
    if (changed) await this.changeModel(options.model);
    this.usePersonal(options);
  }

  reset(): void {
    this.live.reset();
  }

  state(): RuntimeState {
    return this.runtime.state();
  }

  /** A head of another model, or of another version of it, is not used: its numbers mean nothing there. */
  private usePersonal({ personal, model }: PerceptionOptions): void {
    const fits = personal?.model.sha256 === modelFile(this.manifest, model).sha256;
    const text = fits ? JSON.stringify(personal) : "";
    if (text === this.personal) return; // so that no label begins again
    this.personal = text;
    const head = personal && fits ? new PersonalHead(personal) : undefined;
    for (const pipeline of [this.live, this.photos]) pipeline.usePersonal(head);
  }

  /** Fetches the other expression model, and what it needs, when it is first used. */
  private async changeModel(name: string): Promise<void> {
    for (const each of expressionModels(this.manifest, name)) {
      if (this.bytes.has(each)) continue;
      this.bytes.set(each, await fetchModel(this.base, modelFile(this.manifest, each), () => undefined));
    }
    const classifier = await ExpressionClassifier.load(this.runtime, name, modelFile(this.manifest, name).decision);
    this.live.useClassifier(classifier);
    this.photos.useClassifier(classifier);
    this.classifier.close();
    this.classifier = classifier;
  }
}

function liveOptions({ maxFaces, classifyEveryS, features }: PerceptionOptions): Pick<PipelineOptions, "maxFaces" | "classifyEveryS" | "features"> {
  return { maxFaces, classifyEveryS, features };
}
