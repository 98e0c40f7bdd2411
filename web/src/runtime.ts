/** LiteRT in a classic worker: load, check the contract, run. Temporary tensors are made and deleted in this file only. */

import {
  loadAndCompile,
  loadLiteRt,
  supportsFeature,
  Tensor,
  type CompiledModel,
  type CompileOptions,
} from "@litertjs/core";

import { fetchBytes, LoadError, type RuntimeManifest } from "./models";
import type { Models, Outputs, Session, Shape } from "./modelSession";
import { selfCheck, type Check } from "./selfCheck";

export interface RuntimeOptions {
  /** Threads of a model, if the page can have threads. */
  readonly threads: number;
  /** Try the GPU: it runs the models that it computes correctly, and faster. */
  readonly webgpu: boolean;
}

/** The state of the runtime. */
export interface RuntimeState {
  readonly threads: number;
  /** Of each open model: where it runs, and why not on the GPU. */
  readonly checks: Readonly<Record<string, Check>>;
  /** Tensors that exist now; between runs there should be none. */
  readonly tensors: number;
  /** Bytes of the runtime's memory. */
  readonly heapBytes: number;
}

/** What the loader reads from the global scope, if it is there. */
interface LoaderScope {
  Module?: {
    locateFile: (file: string) => string;
    mainScriptUrlOrBlob: string;
    wasmBinary: ArrayBuffer;
    print: (line: string) => void;
    printErr: (line: string) => void;
  };
}

/** The runtime with its memory; a worker has one. */
export class Runtime implements Models {
  private readonly checks: Record<string, Check> = {};
  private tensors = 0;

  private constructor(
    private readonly models: ReadonlyMap<string, Uint8Array>,
    private readonly memory: { readonly HEAPU8: Uint8Array },
    private readonly threads: number,
    private readonly webgpu: boolean,
  ) {}

  /** Fetches the build of the runtime that this browser can run; it starts with the bytes of all models to be opened. */
  static async fetch(
    base: string,
    manifest: RuntimeManifest,
    options: RuntimeOptions,
    received: (bytes: number) => void,
  ): Promise<{ start(models: ReadonlyMap<string, Uint8Array>): Promise<Runtime> }> {
    const build = await chooseBuild(options.threads);
    const url = (file: string) => new URL(`wasm/${manifest.folder}/${file}`, base).href;
    // the loader's script is imported later: fetched here, it is kept for visits without a network
    const [wasm] = await Promise.all([
      fetchBytes(url(`${build}.wasm`), received),
      fetchBytes(url(`${build}.js`), () => undefined),
    ]);
    return { start: (models) => Runtime.start(build, url, wasm.buffer, models, options) };
  }

  private static async start(
    build: string,
    url: (file: string) => string,
    wasmBinary: ArrayBuffer,
    models: ReadonlyMap<string, Uint8Array>,
    options: RuntimeOptions,
  ): Promise<Runtime> {
    // Without these the loader expects its files beside the worker's script, and its own workers would load that script
    // and wait forever for messages that only the loader's script sends.
    (self as unknown as LoaderScope).Module = {
      locateFile: url,
      mainScriptUrlOrBlob: url(`${build}.js`),
      wasmBinary,
      print: () => undefined,
      printErr: (line) => {
        if (!/^(INFO|WARNING)/.test(line)) console.error(line); // it reports on every layer
      },
    };
    try {
      const liteRt = await loadLiteRt(url(`${build}.js`));
      const threads = build === THREADED ? options.threads : 1;
      const webgpu = options.webgpu && isHardware(liteRt.getWebGpuDevice());
      return new Runtime(models, liteRt.liteRtWasm as unknown as { HEAPU8: Uint8Array }, threads, webgpu);
    } catch (cause) {
      throw new LoadError("runtime_failed", { cause });
    }
  }

  state(): RuntimeState {
    const { threads, tensors } = this;
    return { threads, tensors, checks: { ...this.checks }, heapBytes: this.memory.HEAPU8.byteLength };
  }

  async open(name: string, input: Shape, outputs: Outputs): Promise<Session> {
    const bytes = this.models.get(name);
    if (!bytes) throw new LoadError("models_missing", { cause: `${name} was not fetched` });
    const compile = async (options: CompileOptions) =>
      new LiteRtSession(name, await loadAndCompile(bytes, options), input, outputs, (change) => {
        this.tensors += change;
      });
    const cpu = await compile({ accelerator: "wasm", cpuOptions: { numThreads: this.threads } });
    if (!this.webgpu || !FOR_GPU.has(name)) {
      this.checks[name] = { accelerator: "wasm", reason: "not tried" };
      return cpu;
    }
    const { session, check } = await selfCheck(cpu, () => compile({ accelerator: "webgpu", gpuOptions: { precision: "fp32" } }));
    this.checks[name] = check;
    return session;
  }
}

/**
 * Models that are tried on the GPU: the one that runs for every face in every frame. Of the others (in Chromium 150)
 * full range has weights that the GPU cannot unpack, the int8 models differ by 0.6 %, and short range runs rarely.
 */
const FOR_GPU = new Set(["face_landmark"]);

/** Whether the GPU is real: one emulated by the CPU is never faster, and its check takes seconds. */
function isHardware(device: unknown): boolean {
  const { adapterInfo } = (device ?? {}) as { adapterInfo?: { isFallbackAdapter?: boolean; architecture?: string } };
  return device !== null && !adapterInfo?.isFallbackAdapter && adapterInfo?.architecture !== "swiftshader";
}

const PLAIN = "litert_wasm_internal";
const THREADED = "litert_wasm_threaded_internal";
const COMPATIBLE = "litert_wasm_compat_internal";

/** The build of the runtime that this browser can run. */
async function chooseBuild(threads: number): Promise<string> {
  if (!(await supportsFeature("relaxedSimd"))) return COMPATIBLE;
  return threads > 1 && self.crossOriginIsolated && (await supportsFeature("threads")) ? THREADED : PLAIN;
}

class LiteRtSession implements Session {
  readonly input: Float32Array;
  private readonly positions: readonly (readonly [string, number])[];

  constructor(
    name: string,
    private readonly model: CompiledModel,
    private readonly shape: Shape,
    outputs: Outputs,
    private readonly counted: (change: number) => void,
  ) {
    this.input = new Float32Array(shape.reduce((product, side) => product * side, 1));
    const inputs = model.getInputDetails();
    if (inputs.length !== 1 || !fits(inputs[0], shape)) throw mismatch(`${name}: the input is not (${shape.join()})`);
    this.positions = Object.entries(outputs).map(([output, wanted]) => [output, this.find(name, output, wanted)]);
  }

  async run(): Promise<Record<string, Float32Array>> {
    const input = new Tensor(this.input, [...this.shape]);
    this.counted(1);
    try {
      const outputs = await this.model.run(input);
      this.counted(outputs.length);
      try {
        const found: Record<string, Float32Array> = {};
        for (const [name, position] of this.positions) found[name] = (await outputs[position].data()) as Float32Array;
        return found;
      } finally {
        for (const output of outputs) output.delete();
        this.counted(-outputs.length);
      }
    } finally {
      input.delete();
      this.counted(-1);
    }
  }

  close(): void {
    this.model.delete();
  }

  private find(name: string, output: string, wanted: Shape | null): number {
    const details = this.model.getOutputDetails().map((detail, i) => ({ name: detail.name, i, fits: fits(detail, wanted) }));
    const fitting = details.filter((detail) => detail.fits);
    const named = fitting.filter((detail) => detail.name === output);
    const chosen = named[0] ?? (wanted && fitting.length === 1 ? fitting[0] : undefined);
    if (!chosen) throw mismatch(`${name}: ${output} (${wanted?.join() ?? "any shape"}) is not among its outputs, or several outputs fit`);
    return chosen.i;
  }
}

function fits(detail: { readonly dtype: string; readonly shape: ArrayLike<number> }, shape: Shape | null): boolean {
  return detail.dtype === "float32" && (shape === null || Array.from(detail.shape).join() === shape.join());
}

function mismatch(cause: string): LoadError {
  return new LoadError("models_damaged", { cause });
}
