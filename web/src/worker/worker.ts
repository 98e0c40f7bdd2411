/** The worker's side: handles messages one after the other, and answers each. */

import { LoadError } from "../models";
import type { Engine } from "./engine";
import type { FromWorker, ToWorker } from "./messages";
import { type Frame, PixelReader } from "./pixels";
import { FrameStream } from "./frameStream";
import { Starter } from "./starter";

let engine: Engine | null = null;
const starter = new Starter();
let last: Promise<void> = Promise.resolve();
const pixels = new PixelReader();
const stream = new FrameStream({
  ready: () => pixels.ready(),
  take: (frame, timeS) => inTurn({ kind: "frame", frame, timeS }),
  failed: (error) => {
    console.warn(`the camera's stream broke: ${String(error)}`);
    answer({ kind: "stream_failed" });
  },
});

function answer(message: FromWorker, transfer: Transferable[] = []): void {
  self.postMessage(message, { transfer });
}

async function handle(message: ToWorker): Promise<void> {
  switch (message.kind) {
    case "prefetch":
      return starter.prefetch(message);
    case "warm":
      return starter.warm(message); // messages do not wait for it
    case "load":
      engine = await starter.load(message, {
        progress: (fraction) => answer({ kind: "progress", fraction }),
        fetched: () => answer({ kind: "fetched" }),
      });
      return answer({ kind: "loaded" });
    case "frame":
      return showFrame(message.frame, message.timeS);
    case "follow":
      void stream.follow(message.stream, message.originMs); // for as long as it lasts
      return;
    case "photo":
      if (!engine) throw new LoadError("runtime_failed");
      return answer({ kind: "photo", call: message.call, scene: await engine.photo(await pixels.read(message.bitmap)) });
    case "configure":
      return engine?.configure(message.options);
    case "reset":
      return engine?.reset();
    case "state":
      if (!engine) throw new LoadError("runtime_failed");
      return answer({ kind: "state", call: message.call, state: engine.state() });
  }
}

/** Infers a frame, unless it may be left out, and gives it to the page to be shown. */
async function showFrame(frame: Frame, timeS: number): Promise<void> {
  const picture = await pixels.read(frame);
  const scene = await engine?.frame(picture, timeS);
  answer({ kind: "frame", picture, timeS, scene }, [pixels.lend(picture)]);
}

function failed(message: ToWorker, error: unknown): void {
  const key = error instanceof LoadError ? error.message : "error.runtime_failed";
  const cause = error instanceof Error && error.cause !== undefined ? `: ${String(error.cause)}` : "";
  console.error(`${message.kind} failed: ${String(error)}${cause}`);
  if (message.kind === "load") answer({ kind: "failed", key, detail: `${String(error)}${cause}` });
  else if ("call" in message) answer({ kind: "call_failed", call: message.call, key });
  else if (message.kind === "frame") answer({ kind: "skipped" });
}

/** Handles a message when those before it are done. */
function inTurn(message: ToWorker): Promise<void> {
  last = last.then(() => handle(message)).catch((error: unknown) => failed(message, error));
  return last;
}

self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  if (data.kind === "shown") pixels.giveBack(data.pixels);
  else if (data.kind === "pause") stream.paused = data.paused;
  else void inTurn(data);
};
