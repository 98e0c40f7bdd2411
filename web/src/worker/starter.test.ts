import { beforeEach, expect, test, vi } from "vitest";

import type { PerceptionOptions } from "../types";
import type { LoadEvents } from "./engine";

/** Engines that are being started, and the downloads that were begun. */
const starts: { options: PerceptionOptions; events: LoadEvents; done: (engine: object) => void; fail: (error: Error) => void }[] = [];
const downloads: string[] = [];
const configure = vi.fn();

vi.mock("./download", () => ({
  Download: class {
    constructor(_: string, __: object, private readonly model: string) {
      downloads.push(model);
    }

    serves(model: string): boolean {
      return model === this.model;
    }
  },
}));
vi.mock("./engine", () => ({
  Engine: { load: (_: object, options: PerceptionOptions, events: LoadEvents) => new Promise((done, fail) => starts.push({ options, events, done, fail })) },
}));

const { Starter } = await import("./starter");

const wanted = (model: PerceptionOptions["model"] = "emoar-s") => ({ base: "https://somewhere.test/", start: { threads: 1, webgpu: false }, options: { model } as PerceptionOptions });

function recorded() {
  const seen: (number | "fetched")[] = [];
  return { seen, events: { progress: (fraction: number) => void seen.push(fraction), fetched: () => void seen.push("fetched") } };
}

beforeEach(() => {
  starts.length = downloads.length = 0;
  configure.mockReset();
});

test("what was fetched and started before is used, and reported when it is wanted", async () => {
  const starter = new Starter();
  starter.prefetch(wanted());
  starter.warm(wanted());
  starter.warm(wanted());
  starts[0].events.progress(0.9);
  starts[0].events.fetched();
  const { seen, events } = recorded();
  const engine = { configure };
  const loaded = starter.load(wanted("emoar-m"), events);
  starts[0].events.progress(1);
  starts[0].done(engine);
  expect(await loaded).toBe(engine);
  expect([downloads, starts.length, seen]).toEqual([["emoar-s"], 1, [0.9, "fetched", 1]]);
  expect(configure).toHaveBeenCalledWith({ model: "emoar-m" }); // the choice has changed since
});

test("what was not warmed is started when it is wanted", async () => {
  const starter = new Starter();
  starter.prefetch(wanted());
  expect(starts).toEqual([]);
  const { seen, events } = recorded();
  const loaded = starter.load(wanted("emoar-m"), events);
  starts[0].events.progress(0.5);
  starts[0].events.fetched();
  starts[0].done({ configure });
  await loaded;
  expect([downloads, seen]).toEqual([["emoar-s", "emoar-m"], [0.5, "fetched"]]);
});

test("a warm start that fails is no unhandled error, and is tried again", async () => {
  const starter = new Starter();
  starter.warm(wanted());
  starts[0].events.fetched();
  starts[0].fail(new Error("offline"));
  await new Promise((resolve) => setTimeout(resolve));
  const { seen, events } = recorded();
  const loaded = starter.load(wanted(), events);
  starts[1].done({ configure });
  await loaded;
  expect([downloads, seen]).toEqual([["emoar-s", "emoar-s"], []]);
});

test("an error while it is wanted goes to whoever wants it", async () => {
  const starter = new Starter();
  const loaded = starter.load(wanted(), recorded().events);
  starts[0].fail(new Error("offline"));
  await expect(loaded).rejects.toThrow("offline");
});
