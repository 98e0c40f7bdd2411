/** The pixels of a bitmap, through one canvas that is kept. */

import type { Picture } from "../image/picture";

export class PixelReader {
  private readonly canvas = new OffscreenCanvas(1, 1);
  private readonly context: OffscreenCanvasRenderingContext2D;

  constructor() {
    // without the hint each reading waits for the GPU
    const context = this.canvas.getContext("2d", { willReadFrequently: true, alpha: false });
    if (!context) throw new Error("no 2D canvas in this worker");
    this.context = context;
  }

  /** Reads the bitmap and closes it. */
  read(bitmap: ImageBitmap): Picture {
    const { width, height } = bitmap;
    if (this.canvas.width !== width) this.canvas.width = width;
    if (this.canvas.height !== height) this.canvas.height = height;
    this.context.drawImage(bitmap, 0, 0);
    bitmap.close();
    return { data: this.context.getImageData(0, 0, width, height).data, widthPx: width, heightPx: height };
  }
}
