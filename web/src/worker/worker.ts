/** The worker's side: handles messages one after the other, and answers each. */

import { LoadError } from "../models";
import { Download } from "./download";
import { Engine } from "./engine";
import type { FromWorker, ToWorker } from "./messages";
import { PixelReader } from "./pixels";

let engine: Engine | null = null;
let download: Download | null = null;
let pixels: PixelReader | null = null;
let last: Promise<void> = Promise.resolve();

function answer(message: FromWorker): void {
  self.postMessage(message);
}

async function handle(message: ToWorker): Promise<void> {
  switch (message.kind) {
    case "prefetch":
      download = new Download(message.base, message.start, message.options.model);
      return;
    case "load":
      pixels = new PixelReader();
      if (!download?.serves(message.options.model)) download = new Download(message.base, message.start, message.options.model);
      engine = await Engine.load(download, message.options, {
        progress: (fraction) => answer({ kind: "progress", fraction }),
        fetched: () => answer({ kind: "fetched" }),
      });
      download = null; // and the runtime's bytes, which have been compiled
      return answer({ kind: "loaded" });
    case "frame":
      if (!engine || !pixels) return answer({ kind: "skipped" });
      return answer({
        kind: "scene",
        scene: await engine.frame(pixels.read(message.bitmap), message.timeS, message.index),
      });
    case "photo":
      if (!engine || !pixels) throw new LoadError("runtime_failed");
      return answer({ kind: "photo", call: message.call, scene: await engine.photo(pixels.read(message.bitmap)) });
    case "configure":
      return engine?.configure(message.options);
    case "reset":
      return engine?.reset();
    case "state":
      if (!engine) throw new LoadError("runtime_failed");
      return answer({ kind: "state", call: message.call, state: engine.state() });
  }
}

function failed(message: ToWorker, error: unknown): void {
  const key = error instanceof LoadError ? error.message : "error.runtime_failed";
  const cause = error instanceof Error && error.cause !== undefined ? `: ${String(error.cause)}` : "";
  console.error(`${message.kind} failed: ${String(error)}${cause}`);
  if (message.kind === "load") answer({ kind: "failed", key, detail: `${String(error)}${cause}` });
  else if ("call" in message) answer({ kind: "call_failed", call: message.call, key });
  else if (message.kind === "frame") answer({ kind: "skipped" });
}

self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  last = last.then(() => handle(data)).catch((error: unknown) => failed(data, error));
};
