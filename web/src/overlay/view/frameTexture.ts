/** The frame that is shown, as textures: one of its colours, or one for each plane of a camera's frame. */

import { DataTexture, LinearFilter, type MagnificationTextureFilter, NearestFilter, NoColorSpace, type PixelFormat, RedFormat, RGBAFormat, RGFormat, Texture, type WebGLRenderer } from "three";

import { isSoftwareRenderer } from "../../graphics";
import { isYuv, type Picture, type YuvColours } from "../../image/types";
import { planesOf } from "../../image/yuv";
import type { Size } from "./viewport";

export type FrameSource = Picture | ImageBitmap | HTMLCanvasElement;

export interface FrameTextures {
  /** [all colours], [brightness, Cb, Cr] or [brightness, Cb and Cr]. */
  readonly textures: readonly Texture[];
  readonly size: Size;
  /** Of a frame in planes. */
  readonly colours?: YuvColours | undefined;
}

interface Plane {
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly format: PixelFormat;
}

export class FrameTexture {
  #shown: FrameTextures | undefined;
  #form = "";

  /** Uploads a frame: its pixels are on the GPU when this returns. */
  push(renderer: WebGLRenderer, source: FrameSource, size: Size): void {
    const planes = "data" in source ? planesOfPicture(source) : undefined;
    const form = [size.widthPx, size.heightPx, ...(planes?.map(({ format }) => format) ?? ["image"])].join();
    if (form !== this.#form) this.clear();
    this.#form = form;
    const textures = this.#shown?.textures ?? (planes ?? [undefined]).map(newTexture);
    const { widthPx, heightPx } = size;
    this.#shown = { textures, size: { widthPx, heightPx }, colours: "colours" in source ? source.colours : undefined };
    for (const [i, texture] of textures.entries()) {
      const plane = planes?.[i];
      const planeSize = plane && { width: plane.widthPx, height: plane.heightPx };
      texture.image = plane ? { data: plane.data, ...planeSize } : source;
      texture.needsUpdate = true;
      renderer.initTexture(texture);
      if (plane) texture.image = { data: null, ...planeSize }; // whoever made them may use them again
    }
  }

  get frame(): FrameTextures | undefined {
    return this.#shown;
  }

  clear(): void {
    for (const texture of this.#shown?.textures ?? []) texture.dispose();
    this.#shown = undefined;
  }
}

function planesOfPicture(picture: Picture): Plane[] {
  const { data, widthPx, heightPx } = picture;
  if (!isYuv(picture)) return [{ data, widthPx, heightPx, format: RGBAFormat }];
  const { cb, cr, columns, rows } = planesOf(picture);
  const colour = { widthPx: columns, heightPx: rows };
  const brightness = { data: data.subarray(0, cb), widthPx, heightPx, format: RedFormat };
  if (picture.interleaved) return [brightness, { data: data.subarray(cb), ...colour, format: RGFormat }];
  return [brightness, { data: data.subarray(cb, cr), ...colour, format: RedFormat }, { data: data.subarray(cr), ...colour, format: RedFormat }];
}

/** Shown without conversion, and upright. */
function newTexture(plane: Plane | undefined, index: number): Texture {
  const texture = plane ? new DataTexture() : new Texture();
  if (plane) texture.format = plane.format;
  // a plane of colours has half of the detail: what is between its values is hardly seen, and costs a software renderer a third more
  const filter: MagnificationTextureFilter = index > 0 && isSoftwareRenderer() ? NearestFilter : LinearFilter;
  return Object.assign(texture, { colorSpace: NoColorSpace, generateMipmaps: false, minFilter: filter, magFilter: filter, flipY: false });
}
