/** The overlay over a clip: where faces are drawn, frame by frame. */

import { Stage } from "../../src/overlay/stage/stage";
import type { WorkerPerception } from "../../src/perceptionClient";
import type { Scene } from "../../src/types";
import { framesOf } from "./clip";

/** For each frame of the clip, the positions at which the stage draws the faces. */
export async function follow(perception: WorkerPerception, url: string, fps: number): Promise<{ xPx: number; yPx: number }[][]> {
  const canvas = document.createElement("canvas");
  const stage = new Stage(canvas, { describeFace: () => "", reason: (key) => key, name: (label) => label, percent: String, number: String, rightToLeft: () => false });
  stage.resize(320, 180, 1);
  const drawn: { xPx: number; yPx: number }[][] = [];
  let arrived: (scene: Scene) => void = () => undefined;
  const off = perception.onScene((scene) => arrived(scene));
  for (const [i, jpeg] of (await framesOf(url)).entries()) {
    const bitmap = await createImageBitmap(jpeg, { colorSpaceConversion: "none" });
    const size = { widthPx: bitmap.width, heightPx: bitmap.height };
    const timeS = i / fps;
    stage.pushFrame(bitmap, size);
    const scene = new Promise<Scene>((resolve) => (arrived = resolve));
    perception.submit(bitmap, timeS);
    stage.setScene(await scene);
    stage.render(timeS);
    drawn.push(stage.drawnCentroids());
  }
  off();
  stage.dispose();
  return drawn;
}
