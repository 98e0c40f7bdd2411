/** A picture from a file, a drop, the clipboard or a camera, as pixels. */

/** Larger pictures are scaled down: a phone has little memory, and faces are found as reliably. */
const LONGEST_SIDE_PX = 2560;

export type PictureKey = "photo.not_a_picture" | "photo.no_picture";

/** Reads a picture the right way up. Rejects with a message key. */
export async function readPicture(file: Blob): Promise<ImageBitmap> {
  const full = await createImageBitmap(file).catch(() => {
    throw new Error("photo.not_a_picture" satisfies PictureKey);
  });
  const scale = LONGEST_SIDE_PX / Math.max(full.width, full.height);
  if (scale >= 1) return full;
  const size = { resizeWidth: Math.round(scale * full.width), resizeHeight: Math.round(scale * full.height) };
  const smaller = await createImageBitmap(full, { ...size, resizeQuality: "high" });
  full.close();
  return smaller;
}

/** The first picture in a drop or a paste. */
export function pictureIn(data: DataTransfer | null): File | undefined {
  return [...(data?.files ?? [])].find((file) => file.type.startsWith("image/"));
}
