/** Whether the GPU may run a model: only if its outputs equal the CPU's, and it is faster. */

import type { Session } from "./modelSession";

export interface Check {
  readonly accelerator: "wasm" | "webgpu";
  readonly reason: "not tried" | "failed" | "differs" | "slower" | "right and faster";
  /** Largest difference of an output, relative to the output's largest value. */
  readonly difference?: number;
  readonly wasmMs?: number;
  readonly webgpuMs?: number;
}

const TOLERANCE = 1e-3; // relative: a tenth of a pixel of the mesh's 192
const WARM_UP = 2; // runs in which shaders are compiled
const RUNS = 5;

/** The better one of the two sessions; the other is closed. */
export async function selfCheck(
  cpu: Session,
  openGpu: () => Promise<Session>,
  now: () => number = () => performance.now(),
): Promise<{ session: Session; check: Check }> {
  let gpu: Session;
  try {
    gpu = await openGpu();
  } catch {
    return { session: cpu, check: { accelerator: "wasm", reason: "failed" } };
  }
  try {
    testPicture(cpu.input);
    gpu.input.set(cpu.input);
    const difference = largestDifference(await cpu.run(), await gpu.run());
    if (!(difference <= TOLERANCE)) return keep(cpu, gpu, { accelerator: "wasm", reason: "differs", difference });
    const [wasmMs, webgpuMs] = [await timed(cpu, now), await timed(gpu, now)];
    const times = { difference, wasmMs, webgpuMs };
    return webgpuMs < wasmMs
      ? keep(gpu, cpu, { accelerator: "webgpu", reason: "right and faster", ...times })
      : keep(cpu, gpu, { accelerator: "wasm", reason: "slower", ...times });
  } catch {
    return keep(cpu, gpu, { accelerator: "wasm", reason: "failed" });
  }
}

function keep(session: Session, other: Session, check: Check): { session: Session; check: Check } {
  other.close();
  return { session, check };
}

/** A drawn face-like pattern: two dark spots and a bar on a light ground, between 0 and 1. */
export function testPicture(input: Float32Array): void {
  const side = Math.sqrt(input.length / (input.length % 3 === 0 && Math.sqrt(input.length / 3) % 1 === 0 ? 3 : 1));
  const channels = Math.round(input.length / side ** 2);
  const spot = (x: number, y: number, width: number, height: number) =>
    Math.exp(-(((x / width) ** 2 + (y / height) ** 2) / 2));
  for (let i = 0; i < input.length; i++) {
    const x = (Math.floor(i / channels) % side) / side - 0.5;
    const y = Math.floor(i / channels / side) / side - 0.5;
    const face = 0.8 * spot(x, y, 0.3, 0.35);
    const dark = spot(x - 0.14, y + 0.1, 0.04, 0.025) + spot(x + 0.14, y + 0.1, 0.04, 0.025) + spot(x, y - 0.2, 0.1, 0.02);
    input[i] = Math.min(Math.max(0.15 + face - 0.6 * dark - 0.05 * (i % channels), 0), 1);
  }
}

function largestDifference(a: Record<string, Float32Array>, b: Record<string, Float32Array>): number {
  let largest = 0;
  for (const [name, values] of Object.entries(a)) {
    const other = b[name];
    if (other?.length !== values.length) return Infinity;
    const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
    for (let i = 0; i < values.length; i++) {
      const difference = Math.abs(values[i] - other[i]) / scale;
      if (!(difference <= largest)) largest = difference; // also catches NaN
    }
  }
  return Number.isNaN(largest) ? Infinity : largest;
}

/** Milliseconds of one run, the median of several. */
async function timed(session: Session, now: () => number): Promise<number> {
  for (let i = 0; i < WARM_UP; i++) await session.run();
  const times: number[] = [];
  for (let i = 0; i < RUNS; i++) {
    const started = now();
    await session.run();
    times.push(now() - started);
  }
  return times.sort((a, b) => a - b)[Math.floor(RUNS / 2)];
}
