import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { createPerception, defaultThreads } from "./perceptionClient";
import type { FromWorker, ToWorker } from "./worker/messages";

test.each([
  [true, 8, 2],
  [true, 4, 2],
  [true, 2, 1],
  [false, 8, 1],
])("isolated %s with %i cores: %i threads", (isolated, cores, threads) => {
  expect(defaultThreads(isolated, cores)).toBe(threads);
});

describe("fetching before loading", () => {
  let workers: FakeWorker[];

  class FakeWorker {
    readonly kinds: string[] = [];
    onmessage: (event: { data: FromWorker }) => void = () => undefined;
    onerror: (event: { message: string; preventDefault(): void }) => void = () => undefined;
    terminated = false;

    constructor() {
      workers.push(this);
    }

    postMessage({ kind }: ToWorker): void {
      this.kinds.push(kind);
    }

    terminate(): void {
      this.terminated = true;
    }

    fail(): void {
      this.onerror({ message: "no script", preventDefault: () => undefined });
    }
  }

  beforeEach(() => {
    workers = [];
    vi.stubGlobal("Worker", FakeWorker);
    vi.stubGlobal("window", { crossOriginIsolated: false });
    vi.stubGlobal("navigator", { hardwareConcurrency: 2 });
    vi.stubGlobal("document", { baseURI: "https://somewhere.test/" });
  });
  afterEach(() => vi.unstubAllGlobals());

  test("one worker fetches and then loads", async () => {
    const perception = createPerception();
    perception.prefetch();
    perception.prefetch();
    const loaded = perception.load(() => undefined);
    perception.prefetch();
    workers[0].onmessage({ data: { kind: "loaded" } });
    await loaded;
    expect(workers.map(({ kinds }) => kinds)).toEqual([["prefetch", "load"]]);
  });

  test("the same worker is warmed, and not once it loads", async () => {
    const perception = createPerception();
    perception.prefetch();
    perception.warm();
    const loaded = perception.load(() => undefined);
    perception.warm();
    workers[0].onmessage({ data: { kind: "loaded" } });
    await loaded;
    expect(workers.map(({ kinds }) => kinds)).toEqual([["prefetch", "warm", "load"]]);
  });

  test("a worker that fails before it is needed is replaced", async () => {
    const perception = createPerception();
    perception.prefetch();
    workers[0].fail();
    const loaded = perception.load(() => undefined);
    workers[1].onmessage({ data: { kind: "loaded" } });
    await loaded;
    expect([workers[0].terminated, workers[1].kinds]).toEqual([true, ["load"]]);
  });

  test("a worker that fails while it loads is an error", async () => {
    const perception = createPerception();
    perception.prefetch();
    const loaded = perception.load(() => undefined);
    workers[0].fail();
    await expect(loaded).rejects.toThrow("error.runtime_failed");
  });
});
