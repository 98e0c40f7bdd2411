/** The pixels of frames: copied as they are where they have a known form, else converted by the browser, else by a canvas. */

import type { Picture, RgbaPicture, YuvPicture } from "../image/types";
import { coloursOf, planesOf } from "../image/yuv";

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
      return (await this.planes(frame)) ?? (await this.copied(frame)) ?? this.drawn(frame);
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

  /** The planes of a frame: nothing is converted, and no other thread has to do it first. */
  private async planes(frame: Frame): Promise<YuvPicture | undefined> {
    const form = formOf(frame);
    if (!form) return undefined;
    const data = this.buffer(planesOf(form).bytes);
    await (frame as VideoFrame).copyTo(data);
    return { data, ...form };
  }

  private async copied(frame: Frame): Promise<RgbaPicture | undefined> {
    const size = copiedSize(frame);
    if (!size) return undefined;
    const data = this.buffer(4 * size.widthPx * size.heightPx);
    await (frame as VideoFrame).copyTo(data, { format: "RGBA" });
    return { data, ...size };
  }

  private buffer(bytes: number): Uint8Array<ArrayBuffer> {
    const data = new Uint8Array(this.free.find(({ byteLength }) => byteLength === bytes) ?? new ArrayBuffer(bytes));
    this.free = this.free.filter((one) => one !== data.buffer);
    return data;
  }

  /** A frame that is turned or stretched is drawn as it is to be shown. */
  private drawn(frame: Frame): RgbaPicture {
    const [widthPx, heightPx] = frame instanceof ImageBitmap ? [frame.width, frame.height] : [frame.displayWidth, frame.displayHeight];
    const { canvas, context } = (this.canvas ??= newCanvas());
    if (canvas.width !== widthPx) canvas.width = widthPx;
    if (canvas.height !== heightPx) canvas.height = heightPx;
    context.drawImage(frame, 0, 0);
    return { data: context.getImageData(0, 0, widthPx, heightPx).data, widthPx, heightPx };
  }
}

interface FrameSize {
  readonly widthPx: number;
  readonly heightPx: number;
}

/** The form of a frame that `copyTo` gives in planes without gaps, as it is shown; undefined for others. */
export function formOf(frame: Frame): Omit<YuvPicture, "data"> | undefined {
  const size = shownSize(frame);
  if (!size) return undefined;
  const { format, colorSpace, visibleRect } = frame as VideoFrame;
  const interleaved = format === "NV12";
  const colours = interleaved || format === "I420" ? coloursOf(colorSpace) : undefined;
  const isWhole = ((visibleRect!.x | visibleRect!.y) & 1) === 0; // else a colour would be cut
  if (!colours || !isWhole) return undefined;
  const form = { ...size, interleaved, colours };
  return (frame as VideoFrame).allocationSize() === planesOf(form).bytes ? form : undefined;
}

/**
 * The size of a frame that `copyTo` gives as RGBA, as it is shown; undefined where it has to be drawn.
 *
 * A browser that does not know the format ignores it, and the copy would have another size or another order of colours.
 */
export function copiedSize(frame: Frame): FrameSize | undefined {
  const size = shownSize(frame);
  if (!size) return undefined;
  const { format } = frame as VideoFrame;
  const isRgba = !format!.startsWith("BGR") && (frame as VideoFrame).allocationSize({ format: "RGBA" }) === 4 * size.widthPx * size.heightPx;
  return isRgba ? size : undefined;
}

/** The size of a frame whose pixels `copyTo` gives; undefined where they are not as they are to be shown. */
function shownSize(frame: Frame): FrameSize | undefined {
  if (!("copyTo" in frame) || !frame.format || !frame.visibleRect) return undefined;
  const { width: widthPx, height: heightPx } = frame.visibleRect;
  const { rotation = 0, flip = false } = frame as { readonly rotation?: number; readonly flip?: boolean };
  const asShown = rotation === 0 && !flip && widthPx === frame.displayWidth && heightPx === frame.displayHeight;
  return asShown ? { widthPx, heightPx } : undefined;
}

function newCanvas() {
  const canvas = new OffscreenCanvas(1, 1);
  // without the hint each reading waits for the GPU
  const context = canvas.getContext("2d", { willReadFrequently: true, alpha: false });
  if (!context) throw new Error("no 2D canvas in this worker");
  return { canvas, context };
}
