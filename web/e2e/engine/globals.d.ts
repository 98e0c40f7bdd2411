/** What the engine's page exposes to tests. */

import type { Camera } from "../../src/camera/types";
import type { createPerception, WorkerPerception } from "../../src/perceptionClient";
import type { playClip } from "./clip";
import type { follow } from "./follow";
import type { record } from "./record";
import type { Golden, StageResults } from "./stages.worker";

declare global {
  interface Window {
    engine: {
      createPerception: typeof createPerception;
      createCamera: () => Camera;
      record: typeof record;
      playClip: typeof playClip;
      follow: typeof follow;
      runStages(bitmap: ImageBitmap, golden: Golden): Promise<StageResults>;
      loadPicture(url: string): Promise<ImageBitmap>;
    };
    perception: WorkerPerception;
    camera: Camera;
    /** How often the page requested a camera. */
    cameraRequests: number;
  }
  interface Performance {
    measureUserAgentSpecificMemory(): Promise<{ bytes: number }>;
  }
}
