/** The page's side of perception: a client of the worker, which screens import. */

import { LoadError } from "./models";
import type { RuntimeState } from "./runtime";
import { features } from "./shell";
import type { Perception, PerceptionOptions, Scene, ShownFrame } from "./types";
import { Latest } from "./worker/latest";
import type { FromWorker, StartOptions, ToWorker } from "./worker/messages";
import type { Frame } from "./worker/pixels";

/** How long the threaded runtime may take to start after all files are fetched. */
const THREADS_PATIENCE_MS = 8000;

/**
 * Two threads where there are cores to spare: these models are too small to gain from more (4.5 ms a face with two, 4.0
 * with one, on two cores).
 */
export function defaultThreads(isolated: boolean, cores: number): number {
  return isolated && cores >= 4 ? 2 : 1;
}

export const DEFAULT_OPTIONS: PerceptionOptions = { maxFaces: 4, classifyEveryS: 0.05, model: "emoar-s", personal: undefined, features: false, restful: false };

/** Perception in a worker, with the state that tests and the "what runs here" page show. */
export interface WorkerPerception extends Perception {
  state(): Promise<RuntimeState & { readonly droppedFrames: number }>;
}

export function createPerception(options: Partial<PerceptionOptions> = {}, start: Partial<StartOptions> = {}): WorkerPerception {
  const threads = defaultThreads(features.threads && window.crossOriginIsolated, navigator.hardwareConcurrency);
  return new WorkerClient({ ...DEFAULT_OPTIONS, ...options }, { threads, webgpu: true, ...start });
}

interface Call {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

class WorkerClient implements WorkerPerception {
  private worker: Worker | null = null;
  private loading: Promise<void> | null = null;
  private readonly sceneListeners = new Set<(scene: Scene) => void>();
  private readonly frameListeners = new Set<(frame: ShownFrame) => void>();
  private readonly failureListeners = new Set<() => void>();
  private readonly calls = new Map<number, Call>();
  private callCount = 0;
  private loaded: Call | null = null;
  private fetched: () => void = () => undefined;
  private progress: (fraction: number) => void = () => undefined;
  private readonly frames = new Latest<{ readonly frame: Frame; readonly timeS: number }>(
    ({ frame, timeS }) => this.post({ kind: "frame", frame, timeS }, [frame]),
    ({ frame }) => frame.close(),
  );

  constructor(
    private options: PerceptionOptions,
    private readonly start: StartOptions,
  ) {}

  prefetch(): void {
    if (!this.worker) this.openWorker().postMessage(this.message("prefetch", this.start));
  }

  warm(): void {
    if (!this.loading) (this.worker ?? this.openWorker()).postMessage(this.message("warm", this.start));
  }

  load(progress: (fraction: number) => void): Promise<void> {
    this.progress = progress;
    this.loading ??= this.begin(this.start).catch((error: unknown) => {
      this.stop(); // so that the next call starts again
      throw error;
    });
    return this.loading;
  }

  follow(stream: ReadableStream<VideoFrame>): void {
    this.post({ kind: "follow", stream, originMs: performance.timeOrigin }, [stream]);
  }

  onStreamFailed(listener: () => void): () => void {
    return added(this.failureListeners, listener);
  }

  pause(paused: boolean): void {
    this.post({ kind: "pause", paused });
  }

  submit(frame: Frame, timeS: number): void {
    if (this.worker) this.frames.submit({ frame, timeS });
    else frame.close();
  }

  get busy(): boolean {
    return this.frames.busy;
  }

  onFrame(listener: (frame: ShownFrame) => void): () => void {
    return added(this.frameListeners, listener);
  }

  onScene(listener: (scene: Scene) => void): () => void {
    return added(this.sceneListeners, listener);
  }

  photo(picture: ImageBitmap): Promise<Scene> {
    return this.call<Scene>((call) => this.post({ kind: "photo", bitmap: picture, call }, [picture]));
  }

  async state(): Promise<RuntimeState & { readonly droppedFrames: number }> {
    const state = await this.call<RuntimeState>((call) => this.post({ kind: "state", call }));
    return { ...state, droppedFrames: this.frames.dropped };
  }

  configure(options: Partial<PerceptionOptions>): void {
    this.options = { ...this.options, ...options };
    this.post({ kind: "configure", options: this.options });
  }

  reset(): void {
    this.frames.clear();
    this.post({ kind: "reset" });
  }

  close(): void {
    this.stop();
    for (const all of [this.sceneListeners, this.frameListeners, this.failureListeners]) all.clear();
  }

  private begin(start: StartOptions): Promise<void> {
    const worker = this.worker ?? this.openWorker();
    const loaded = new Promise<void>((resolve, reject) => {
      this.loaded = { resolve: resolve as (value: never) => void, reject };
      worker.postMessage(this.message("load", start));
    });
    return start.threads > 1 ? this.orWithOneThread(loaded, start) : loaded;
  }

  private openWorker(): Worker {
    // a classic worker: the runtime's loader calls importScripts
    const worker = new Worker(new URL("./worker/worker.ts", import.meta.url), { name: "emoar-perception" });
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.receive(data);
    worker.onerror = (event) => {
      event.preventDefault();
      const error = new LoadError("runtime_failed", { cause: event.message });
      if (this.loading) this.fail(error);
      else this.stop(); // it was only fetching: `load` opens another
    };
    this.worker = worker;
    return worker;
  }

  private message(kind: "prefetch" | "warm" | "load", start: StartOptions): ToWorker {
    return { kind, base: new URL("./", document.baseURI).href, start, options: this.options };
  }

  /** In some browsers threads never start: then loading starts again without them. */
  private orWithOneThread(loaded: Promise<void>, start: StartOptions): Promise<void> {
    const { worker } = this;
    return new Promise<void>((resolve, reject) => {
      let timer = 0;
      const again = () => {
        if (this.worker !== worker) return;
        worker?.terminate();
        this.worker = null;
        this.begin({ ...start, threads: 1 }).then(resolve, reject);
      };
      this.fetched = () => {
        timer = window.setTimeout(again, THREADS_PATIENCE_MS);
      };
      loaded.then(resolve, reject).finally(() => clearTimeout(timer));
    });
  }

  private receive(message: FromWorker): void {
    switch (message.kind) {
      case "progress":
        return this.progress(message.fraction);
      case "fetched":
        return this.fetched();
      case "loaded":
        return this.loaded?.resolve(undefined as never);
      case "failed":
        return this.fail(Object.assign(new Error(message.key), { cause: message.detail }));
      case "frame":
        this.frames.done(); // first, so that the worker has its next frame while the page draws this one
        return this.show(message);
      case "stream_failed":
        return this.failureListeners.forEach((listener) => listener());
      case "skipped":
        return this.frames.done();
      case "photo":
        return this.finish(message.call, (call) => call.resolve(message.scene as never));
      case "state":
        return this.finish(message.call, (call) => call.resolve(message.state as never));
      case "call_failed":
        return this.finish(message.call, (call) => call.reject(new Error(message.key)));
    }
  }

  private show(frame: ShownFrame): void {
    try {
      for (const listener of this.frameListeners) listener(frame);
      if (frame.scene) for (const listener of this.sceneListeners) listener(frame.scene);
    } finally {
      const pixels = frame.picture.data.buffer as ArrayBuffer;
      this.post({ kind: "shown", pixels }, [pixels]);
    }
  }

  private call<T>(send: (call: number) => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (!this.worker) return reject(new LoadError("runtime_failed", { cause: "load() comes first" }));
      this.calls.set(++this.callCount, { resolve: resolve as (value: never) => void, reject });
      send(this.callCount);
    });
  }

  private finish(call: number, how: (call: Call) => void): void {
    const waiting = this.calls.get(call);
    this.calls.delete(call);
    if (waiting) how(waiting);
  }

  /** Rejects all pending calls. */
  private fail(error: Error): void {
    this.loaded?.reject(error);
    for (const call of this.calls.values()) call.reject(error);
    this.calls.clear();
  }

  private stop(): void {
    this.worker?.terminate();
    this.worker = null;
    this.loading = null;
    this.frames.clear();
    this.frames.done();
    this.fail(new LoadError("runtime_failed", { cause: "closed" }));
  }

  private post(message: ToWorker, transfer: Transferable[] = []): void {
    this.worker?.postMessage(message, transfer);
  }
}

function added<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
