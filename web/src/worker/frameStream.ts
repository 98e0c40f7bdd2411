/** Reads the frames of a camera's stream: while one is in work, the stream keeps the newest of the others. */

import { CaptureClock } from "./captureClock";

export interface FrameWork {
  /** Waits until the next frame is wanted. */
  ready(): Promise<void>;
  /** Does the work on a frame, and closes it; `timeS` is its capture, in seconds since `originMs`. */
  take(frame: VideoFrame, timeS: number): Promise<void>;
  /** Called when a stream breaks, which is no more read then. */
  failed(error: unknown): void;
}

export class FrameStream {
  /** Frames are read and thrown away. */
  paused = false;
  private reader: ReadableStreamDefaultReader<VideoFrame> | undefined;

  constructor(
    private readonly work: FrameWork,
    /** Milliseconds since 1970. */
    private readonly now: () => number = () => performance.timeOrigin + performance.now(),
  ) {}

  /** Reads another stream from now on, until it ends. */
  async follow(stream: ReadableStream<VideoFrame>, originMs: number): Promise<void> {
    const before = this.reader;
    const reader = (this.reader = stream.getReader());
    before?.cancel().catch(() => undefined);
    try {
      await this.read(reader, originMs);
    } catch (error) {
      if (reader === this.reader) this.work.failed(error);
      reader.cancel().catch(() => undefined);
    }
  }

  private async read(reader: ReadableStreamDefaultReader<VideoFrame>, originMs: number): Promise<void> {
    const clock = new CaptureClock();
    for (;;) {
      await this.work.ready();
      const { value: frame } = await reader.read();
      if (!frame) return;
      const timeS = clock.captured(frame.timestamp / 1e6, (this.now() - originMs) / 1000);
      if (reader !== this.reader) return frame.close();
      if (this.paused) frame.close();
      else await this.work.take(frame, timeS);
    }
  }
}
