/** Scenes that Python wrote ("emoar.scene/1", with landmarks) as the browser's scenes. */

import { sceneFromAnswer } from "../photo/viaServer";
import type { Scene } from "../types";

export type SceneDocument = Exclude<Parameters<typeof sceneFromAnswer>[0], { scenes: unknown }>;

export function sceneFromDocument(document: SceneDocument): Scene {
  return sceneFromAnswer(document);
}
