/** The recording of a film, started and stopped by the same button. */

import { StageRecorder } from "./recorder";

export class Recording {
  /** Whole seconds since the film began. */
  seconds = $state(0);
  #recorder = $state.raw<StageRecorder>();
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly canvas: HTMLCanvasElement) {}

  get running(): boolean {
    return this.#recorder !== undefined;
  }

  /** Starts a film, or stops the running one and returns it. Throws an `Error` with a message key. */
  async toggle(): Promise<{ blob: Blob; extension: string } | undefined> {
    if (this.#recorder) return this.#end(this.#recorder);
    this.#recorder = new StageRecorder(this.canvas);
    this.seconds = 0;
    this.#timer = setInterval(() => this.seconds++, 1000);
    return undefined;
  }

  /** Stops without a film. */
  close(): void {
    if (this.#recorder) void this.#end(this.#recorder);
  }

  #end(recorder: StageRecorder): Promise<{ blob: Blob; extension: string }> {
    clearInterval(this.#timer);
    this.#recorder = undefined;
    return recorder.stop();
  }
}
