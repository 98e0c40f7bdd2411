import type { Camera, CameraChoice } from "../camera/types";
import type { Stage } from "../overlay/stage/stage";
import type { LiveLoop } from "./liveLoop";

/** A camera whose picture is shown, for the controls over it. */
export interface Running {
  readonly stage: Stage;
  readonly loop: LiveLoop;
  readonly camera: Camera;
  /** Changes the camera; an error is shown in place of the picture. */
  choose(choice: CameraChoice): Promise<void>;
}
