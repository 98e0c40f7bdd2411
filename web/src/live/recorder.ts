/** A film of the stage with its overlays, kept in memory until it is saved. */

const FPS = 30;
const BITS_PER_SECOND = 6_000_000;

/** In order of preference; MP4 first, since more programs open it. */
const TYPES = [
  "video/mp4;codecs=avc1.640028",
  "video/mp4;codecs=avc1.42E01E",
  "video/webm;codecs=vp9",
  "video/webm;codecs=vp8",
  "video/webm",
] as const;

export function recordingType(isSupported: (type: string) => boolean): string | undefined {
  return TYPES.find(isSupported);
}

export class StageRecorder {
  readonly #recorder: MediaRecorder;
  readonly #stream: MediaStream;
  readonly #chunks: Blob[] = [];

  /** Starts at once. Throws an `Error` with the key error.recording where this browser cannot record. */
  constructor(canvas: HTMLCanvasElement) {
    const type = typeof MediaRecorder === "undefined" ? undefined : recordingType((t) => MediaRecorder.isTypeSupported(t));
    if (!type) throw new Error("error.recording");
    this.#stream = canvas.captureStream(FPS);
    this.#recorder = new MediaRecorder(this.#stream, { mimeType: type, videoBitsPerSecond: BITS_PER_SECOND });
    this.#recorder.ondataavailable = ({ data }) => {
      if (data.size > 0) this.#chunks.push(data);
    };
    this.#recorder.start(1000);
  }

  /** Stops; the film and its file extension. Throws an `Error` with the key error.recording where the browser has encoded nothing. */
  async stop(): Promise<{ blob: Blob; extension: string }> {
    const ended = new Promise<void>((resolve) => this.#recorder.addEventListener("stop", () => resolve(), { once: true }));
    if (this.#recorder.state !== "inactive") this.#recorder.stop();
    else return this.#film();
    await ended;
    for (const track of this.#stream.getTracks()) track.stop();
    return this.#film();
  }

  #film(): { blob: Blob; extension: string } {
    if (this.#chunks.length === 0) throw new Error("error.recording"); // WebKit promises MP4 also where it lacks an encoder
    const type = this.#recorder.mimeType;
    return { blob: new Blob(this.#chunks, { type }), extension: type.startsWith("video/mp4") ? "mp4" : "webm" };
  }
}
