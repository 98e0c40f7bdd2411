/** The pixels of frames: one copy where the browser converts by itself, through a canvas elsewhere. */

import type { Picture } from "../image/picture";

export type Frame = VideoFrame | ImageBitmap;

/** Pictures of this reader that may be away at once: one on the page, and the next on its way there. */
const MOST_AWAY = 2;

export class PixelReader {
  private canvas: { readonly canvas: OffscreenCanvas; readonly context: OffscreenCanvasRenderingContext2D } | undefined;
  private free: ArrayBuffer[] = [];
  private away = 0;
  private wake: () => void = () => undefined;

  /** Reads the frame, in the size that it is shown in, and closes it. */
  async read(frame: Frame): Promise<Picture> {
    try {
      return (await this.copied(frame)) ?? this.drawn(frame);
    } finally {
      frame.close();
    }
  }

  /** Counts a picture that leaves; `giveBack` is to be called with its pixels. */
  lend({ data }: Picture): ArrayBuffer {
    this.away++;
    return data.buffer as ArrayBuffer;
  }

  giveBack(pixels: ArrayBuffer): void {
    this.away--;
    this.free = [pixels, ...this.free].slice(0, MOST_AWAY);
    this.wake();
  }

  /** Waits until fewer pictures are away than may be: whoever shows them is slower than whoever makes them. */
  async ready(): Promise<void> {
    while (this.away >= MOST_AWAY) await new Promise<void>((resolve) => (this.wake = resolve));
  }

  private async copied(frame: Frame): Promise<Picture | undefined> {
    const size = copiedSize(frame);
    if (!size) return undefined;
    const bytes = 4 * size.widthPx * size.heightPx;
    const data = new Uint8Array(this.free.find(({ byteLength }) => byteLength === bytes) ?? new ArrayBuffer(bytes));
    this.free = this.free.filter((one) => one !== data.buffer);
    await (frame as VideoFrame).copyTo(data, { format: "RGBA" });
    return { data, ...size };
  }

  /** A frame that is turned or stretched is drawn as it is to be shown. */
  private drawn(frame: Frame): Picture {
    const [widthPx, heightPx] = frame instanceof ImageBitmap ? [frame.width, frame.height] : [frame.displayWidth, frame.displayHeight];
    const { canvas, context } = (this.canvas ??= newCanvas());
    if (canvas.width !== widthPx) canvas.width = widthPx;
    if (canvas.height !== heightPx) canvas.height = heightPx;
    context.drawImage(frame, 0, 0);
    return { data: context.getImageData(0, 0, widthPx, heightPx).data, widthPx, heightPx };
  }
}

/**
 * The size of a frame that `copyTo` gives as RGBA, as it is shown; undefined where it has to be drawn.
 *
 * A browser that does not know the format ignores it, and the copy would have another size or another order of colours.
 */
export function copiedSize(frame: Frame): { readonly widthPx: number; readonly heightPx: number } | undefined {
  if (!("copyTo" in frame) || !frame.format || frame.format.startsWith("BGR") || !frame.visibleRect) return undefined;
  const { width: widthPx, height: heightPx } = frame.visibleRect;
  const { rotation = 0, flip = false } = frame as { readonly rotation?: number; readonly flip?: boolean };
  const asShown = rotation === 0 && !flip && widthPx === frame.displayWidth && heightPx === frame.displayHeight;
  return asShown && frame.allocationSize({ format: "RGBA" }) === 4 * widthPx * heightPx ? { widthPx, heightPx } : undefined;
}

function newCanvas() {
  const canvas = new OffscreenCanvas(1, 1);
  // without the hint each reading waits for the GPU
  const context = canvas.getContext("2d", { willReadFrequently: true, alpha: false });
  if (!context) throw new Error("no 2D canvas in this worker");
  return { canvas, context };
}
