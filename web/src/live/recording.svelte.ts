/** The recording of a film, started and stopped by the same button. */

import type { LiveLoop } from "./liveLoop";
import { StageRecorder } from "./recorder";

export class Recording {
  /** Whole seconds since the film began. */
  seconds = $state(0);
  #recorder = $state.raw<StageRecorder>();
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly loop: LiveLoop) {}

  get running(): boolean {
    return this.#recorder !== undefined;
  }

  /** Starts a film, or stops the running one and returns it. Throws an `Error` with a message key. */
  async toggle(): Promise<{ blob: Blob; extension: string } | undefined> {
    if (this.#recorder) return this.#end(this.#recorder);
    this.loop.filming = true;
    try {
      this.#recorder = new StageRecorder(this.loop.stage.canvas);
    } catch (error) {
      this.loop.filming = false;
      throw error;
    }
    this.seconds = 0;
    this.#timer = setInterval(() => this.seconds++, 1000);
    return undefined;
  }

  /** Stops without a film. */
  close(): void {
    if (this.#recorder) this.#end(this.#recorder).catch(() => undefined);
  }

  #end(recorder: StageRecorder): Promise<{ blob: Blob; extension: string }> {
    clearInterval(this.#timer);
    this.#recorder = undefined;
    const film = recorder.stop();
    this.loop.filming = false;
    return film;
  }
}
