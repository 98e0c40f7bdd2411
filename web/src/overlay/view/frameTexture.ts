/** The frame that is shown, as a texture. */

import { DataTexture, LinearFilter, NoColorSpace, Texture, type WebGLRenderer } from "three";

import type { Picture } from "../../image/picture";
import type { Size } from "./viewport";

export type FrameSource = Picture | ImageBitmap | HTMLCanvasElement;

interface Shown {
  readonly texture: Texture;
  readonly size: Size;
  readonly ofPixels: boolean;
}

export class FrameTexture {
  #shown: Shown | undefined;

  /** Uploads a frame: its pixels are on the GPU when this returns. */
  push(renderer: WebGLRenderer, source: FrameSource, { widthPx, heightPx }: Size): void {
    const ofPixels = "data" in source;
    const before = this.#shown;
    const fits = before?.ofPixels === ofPixels && before.size.widthPx === widthPx && before.size.heightPx === heightPx;
    if (!fits) this.clear();
    const { texture } = (this.#shown ??= { texture: ofPixels ? new DataTexture() : new Texture(), size: { widthPx, heightPx }, ofPixels });
    Object.assign(texture, AS_IT_IS);
    texture.image = ofPixels ? { data: source.data, width: widthPx, height: heightPx } : source;
    texture.needsUpdate = true;
    renderer.initTexture(texture);
    if (ofPixels) texture.image = { data: null, width: widthPx, height: heightPx }; // whoever made them may use them again
  }

  get frame(): { readonly texture: Texture; readonly size: Size } | undefined {
    return this.#shown;
  }

  clear(): void {
    this.#shown?.texture.dispose();
    this.#shown = undefined;
  }
}

/** Shown without conversion, and upright. */
const AS_IT_IS = { colorSpace: NoColorSpace, generateMipmaps: false, minFilter: LinearFilter, magFilter: LinearFilter, flipY: false } as const;
