/** A picture on a stage: drawn in the size of the page, and once in its own size for a file. */

import type { Stage } from "../overlay/stage/stage";
import type { Size } from "../overlay/view/viewport";
import type { Scene } from "../types";
import { decodePicture, drawableSize, scaledCopy } from "./picture";

/** Text that is legible on the page needs a canvas of some width, although the page is narrow. */
const LEAST_WIDTH_CSS = 200;

export class PhotoStage {
  /** Each picture is a later frame of the same scene. */
  #timeS: number;
  #shown: ImageBitmap | undefined;
  #closed = false;

  constructor(
    readonly stage: Stage,
    private readonly scene: Scene,
  ) {
    stage.options.seed = 1; // the same picture gets the same content
    this.#timeS = scene.timeS;
  }

  /** Shows the picture in as many pixels as the page has for it; false if this was closed before. */
  async show(picture: ImageBitmap): Promise<boolean> {
    const widthCss = Math.max(this.stage.canvas.clientWidth, LEAST_WIDTH_CSS);
    const scale = Math.min(Math.min(window.devicePixelRatio, 2) * widthCss, picture.width) / picture.width;
    const shown = await scaledCopy(picture, scale * Math.max(picture.width, picture.height)).catch(() => undefined); // closed
    if (!shown || this.#closed) {
      shown?.close();
      return false;
    }
    this.#shown = shown;
    this.#draw(shown, widthCss);
    return true;
  }

  /**
   * The picture with its overlays in the file's own size, or the largest that this device can draw; a photo becomes a
   * photo (JPEG), anything else PNG.
   */
  async toFile(file: Blob, size: Size, clockS: number): Promise<{ readonly blob: Blob; readonly drawn: Size }> {
    const { canvas } = this.stage;
    const widthCss = Math.max(canvas.clientWidth, LEAST_WIDTH_CSS);
    const drawn = drawableSize(size, longestSidePx(canvas));
    const full = await decodePicture(file);
    const source = drawn.widthPx < size.widthPx ? await scaledCopy(full, Math.max(drawn.widthPx, drawn.heightPx)) : full;
    try {
      this.#draw(source, widthCss);
      this.stage.render(clockS);
      return { blob: await toBlob(canvas, file.type === "image/png" ? "image/png" : "image/jpeg"), drawn: { widthPx: canvas.width, heightPx: canvas.height } };
    } finally {
      full.close();
      source.close();
      if (this.#shown && !this.#closed) {
        this.#draw(this.#shown, widthCss);
        this.stage.render(clockS);
      }
    }
  }

  close(): void {
    this.#closed = true;
    this.#shown?.close();
    this.stage.dispose();
  }

  #draw(picture: ImageBitmap, widthCss: number): void {
    const size = { widthPx: picture.width, heightPx: picture.height };
    this.#timeS++;
    this.stage.resize(widthCss, (widthCss * size.heightPx) / size.widthPx, size.widthPx / widthCss);
    this.stage.pushFrame(picture, size);
    this.stage.setScene({ ...this.scene, timeS: this.#timeS });
  }
}

/** Of what the graphics processor can draw. */
function longestSidePx(canvas: HTMLCanvasElement): number {
  const gl = canvas.getContext("webgl2");
  return gl ? Math.min(gl.getParameter(gl.MAX_TEXTURE_SIZE) as number, gl.getParameter(gl.MAX_RENDERBUFFER_SIZE) as number) : 4096;
}

/** The canvas must have been drawn in the same task. */
function toBlob(canvas: HTMLCanvasElement, type: string): Promise<Blob> {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("error.snapshot"))), type, 0.95);
  });
}
