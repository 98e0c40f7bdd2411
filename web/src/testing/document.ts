/** Scenes that Python wrote ("emoar.scene/1", with landmarks) as the browser's scenes: the server answers the same. */

export { type SceneAnswer as SceneDocument, sceneFromAnswer as sceneFromDocument } from "../photo/viaServer";
