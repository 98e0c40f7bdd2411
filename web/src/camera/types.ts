/** The interface of a camera to the screens. `createCamera` in `camera.ts` makes one. */

/** A frame at the moment that it is shown; `video` shows it until the listener returns. */
export interface CameraFrame {
  readonly video: HTMLVideoElement;
  readonly widthPx: number;
  readonly heightPx: number;
  /** Capture time in seconds on the clock of `performance.now()`. */
  readonly timeS: number;
}

export type Facing = "user" | "environment";

export interface CameraChoice {
  /** One camera by its id, or any with that direction. */
  readonly deviceId?: string;
  readonly facing?: Facing;
}

export interface CameraDevice {
  readonly deviceId: string;
  readonly label: string;
}

export interface Camera {
  /**
   * Opens a camera, in place of the one that runs. Rejects with an `Error` whose message is a message key:
   * camera.denied, camera.none, camera.in_use, camera.insecure, camera.failed.
   */
  start(choice: CameraChoice): Promise<void>;
  stop(): void;
  readonly running: boolean;
  /** Its direction, where the device reports it: pictures of a camera that faces its user are mirrored. */
  readonly facing: Facing;
  /** Whether the device reports it. */
  readonly knowsFacing: boolean;
  readonly deviceId: string | undefined;
  /** Its video plays only while somebody wants its frames. */
  onFrame(listener: (frame: CameraFrame) => void): () => void;
  /** Called with each track that is opened, at once with the one that is open. */
  onTrack(listener: (track: MediaStreamTrack) => void): () => void;
  /** Called when the camera ends by itself, with a message key such as camera.unplugged. A hidden page only pauses it. */
  onEnd(listener: (messageKey: string) => void): () => void;
  devices(): Promise<readonly CameraDevice[]>;
}
