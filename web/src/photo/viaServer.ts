/** Recognition by the server that this page came from, only if the visitor chooses it, since the picture leaves the device. */

import { type SceneDocument, sceneFromDocument } from "../server/sceneDocument";
import type { Scene } from "../types";

/** Calls `POST /v1/expressions`. Rejects with the message key photo.server_failed. */
export async function recogniseOnServer(picture: ImageBitmap): Promise<Scene> {
  const answer = await fetch(new URL("v1/expressions?landmarks=true", document.baseURI), {
    method: "POST",
    body: await toJpeg(picture),
    headers: { "Content-Type": "image/jpeg", Accept: "application/json" },
  }).catch(() => undefined);
  if (!answer?.ok) throw new Error("photo.server_failed");
  return sceneFromDocument((await answer.json()) as SceneDocument);
}

async function toJpeg(picture: ImageBitmap): Promise<Blob> {
  const canvas = new OffscreenCanvas(picture.width, picture.height);
  canvas.getContext("2d")!.drawImage(picture, 0, 0);
  return canvas.convertToBlob({ type: "image/jpeg", quality: 0.95 });
}
