/** A picture from a file, a drop, the clipboard or a camera, as pixels. */

import type { Size } from "../overlay/view/viewport";
import { refusalOf, type Refusal } from "./fileKind";

/** Faces are searched in no larger picture: it would take longer, and they are found as reliably. */
const LONGEST_SIDE_PX = 2560;
/** The largest canvas of a phone has 4096 x 4096 pixels. */
const MOST_PIXELS = 4096 * 4096;

/** A file that is no picture here. */
export class NoPicture extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.key);
  }
}

/** Decodes a file the right way up, in its size. Rejects with `NoPicture`. */
export async function decodePicture(file: Blob): Promise<ImageBitmap> {
  const picture = await createImageBitmap(file).catch(() => decodeAsElement(file));
  if (!picture) throw new NoPicture(await refusalOf(file));
  return picture;
}

/** A copy of a picture, at most that large. */
export function scaledCopy(picture: ImageBitmap, most: number = LONGEST_SIDE_PX): Promise<ImageBitmap> {
  const scale = most / Math.max(picture.width, picture.height);
  if (scale >= 1) return createImageBitmap(picture);
  const size = { resizeWidth: Math.max(Math.round(scale * picture.width), 1), resizeHeight: Math.max(Math.round(scale * picture.height), 1) };
  return createImageBitmap(picture, { ...size, resizeQuality: "high" });
}

/** The largest size, of a picture's proportions and at most its own, that a canvas can have. */
export function drawableSize({ widthPx, heightPx }: Size, longestPx: number): Size {
  const scale = Math.min(1, longestPx / Math.max(widthPx, heightPx), Math.sqrt(MOST_PIXELS / (widthPx * heightPx)));
  if (scale === 1) return { widthPx, heightPx };
  return { widthPx: Math.max(Math.floor(scale * widthPx), 1), heightPx: Math.max(Math.floor(scale * heightPx), 1) };
}

/** The files of a drop or a paste: what they are is found out when they are opened. */
export function filesIn(data: DataTransfer | null): File[] {
  return [...(data?.files ?? [])];
}

/** Some browsers show formats (HEIC in Safari) that they do not decode directly. */
async function decodeAsElement(file: Blob): Promise<ImageBitmap | undefined> {
  if (file.size === 0 || file.type === "image/svg+xml") return undefined; // a drawing without a size
  const url = URL.createObjectURL(file);
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    return await createImageBitmap(image);
  } catch {
    return undefined;
  } finally {
    URL.revokeObjectURL(url);
  }
}
