/** One camera at a time: opens it, gives its frames, releases it while the page is hidden. */

import { type CameraErrorKey, cameraErrorKey } from "./errors";
import { watchFrames } from "./frames";
import type { Camera, CameraChoice, CameraDevice, CameraFrame, Facing } from "./types";

const IDEAL = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };

export function createCamera(): Camera {
  return new UserCamera();
}

class UserCamera implements Camera {
  private readonly video = document.createElement("video");
  private readonly frameListeners = new Set<(frame: CameraFrame) => void>();
  private readonly trackListeners = new Set<(track: MediaStreamTrack) => void>();
  private readonly endListeners = new Set<(messageKey: string) => void>();
  private choice: CameraChoice | null = null;
  private stream: MediaStream | null = null;
  private unwatch: () => void = () => undefined;
  private attempt = 0;

  constructor() {
    Object.assign(this.video, { muted: true, playsInline: true, autoplay: true });
  }

  get running(): boolean {
    return this.stream !== null;
  }

  get facing(): Facing {
    const seen = this.settings()?.facingMode ?? this.choice?.facing;
    return seen === "environment" ? "environment" : "user";
  }

  get knowsFacing(): boolean {
    return this.settings()?.facingMode !== undefined;
  }

  get deviceId(): string | undefined {
    return this.settings()?.deviceId;
  }

  async start(choice: CameraChoice): Promise<void> {
    this.release();
    this.choice = choice;
    document.addEventListener("visibilitychange", this.visibilityChanged);
    try {
      await this.open(choice);
    } catch (error) {
      this.stop();
      throw error;
    }
  }

  stop(): void {
    this.release();
    this.choice = null;
    document.removeEventListener("visibilitychange", this.visibilityChanged);
  }

  onFrame(listener: (frame: CameraFrame) => void): () => void {
    this.frameListeners.add(listener);
    if (this.stream) this.play().catch((error: unknown) => this.end(this.keyOf(error)));
    return () => this.frameListeners.delete(listener);
  }

  onTrack(listener: (track: MediaStreamTrack) => void): () => void {
    this.trackListeners.add(listener);
    if (this.stream) listener(this.stream.getVideoTracks()[0]);
    return () => this.trackListeners.delete(listener);
  }

  onEnd(listener: (messageKey: string) => void): () => void {
    this.endListeners.add(listener);
    return () => this.endListeners.delete(listener);
  }

  async devices(): Promise<readonly CameraDevice[]> {
    const all = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
    // before the first consent cameras have neither ids nor names, so they cannot be chosen
    return all.filter(({ kind, deviceId }) => kind === "videoinput" && deviceId !== "").map(({ deviceId, label }) => ({ deviceId, label }));
  }

  private settings(): MediaTrackSettings | undefined {
    return this.stream?.getVideoTracks()[0].getSettings();
  }

  /** Opens the stream. A start, a stop or a hidden page in the meantime closes it again at once. */
  private async open({ deviceId, facing = "user" }: CameraChoice): Promise<void> {
    const attempt = ++this.attempt;
    const which = deviceId ? { deviceId: { exact: deviceId } } : { facingMode: { ideal: facing } };
    try {
      if (!navigator.mediaDevices) throw new DOMException("", "SecurityError");
      const stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { ...IDEAL, ...which } });
      if (attempt !== this.attempt) return close(stream);
      this.stream = stream;
      const [track] = stream.getVideoTracks();
      track.addEventListener("ended", () => this.ended(stream));
      for (const listener of this.trackListeners) listener(track);
      if (this.frameListeners.size > 0) await this.play();
    } catch (error) {
      if (attempt !== this.attempt) return; // a later start or stop has interrupted this one
      this.release();
      throw new Error(this.keyOf(error), { cause: error });
    }
  }

  /** Plays the stream, if it is not playing. */
  private async play(): Promise<void> {
    const { attempt, video, stream } = this;
    if (video.srcObject === stream) return;
    video.srcObject = stream;
    this.unwatch = watchFrames(video, (frame) => this.frameListeners.forEach((listener) => listener(frame)));
    await video.play().catch((error: unknown) => {
      if (attempt === this.attempt) throw error; // else it was closed in the meantime
    });
  }

  private keyOf(error: unknown): CameraErrorKey {
    return cameraErrorKey(error, window.isSecureContext);
  }

  private end(messageKey: string): void {
    this.stop();
    this.endListeners.forEach((listener) => listener(messageKey));
  }

  private release(): void {
    this.attempt++;
    this.unwatch();
    this.unwatch = () => undefined;
    if (this.stream) close(this.stream);
    this.stream = null;
    this.video.srcObject = null;
  }

  /** Called when the device ends the stream; `close` does not call it. */
  private ended(stream: MediaStream): void {
    if (stream === this.stream) this.end("camera.unplugged");
  }

  private readonly visibilityChanged = () => {
    if (document.hidden) {
      this.release();
    } else if (this.choice && !this.stream) {
      this.open(this.choice).catch((error: unknown) => this.end(error instanceof Error ? error.message : "camera.failed"));
    }
  };
}

function close(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
