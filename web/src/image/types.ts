/** Pictures in their forms. */

/** RGBA, row by row. */
export interface RgbaPicture {
  readonly data: Uint8ClampedArray | Uint8Array;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** How the values of a pixel become red, green and blue: red is brightness + `redCr` * (Cr - 128), and so on. */
export interface YuvColours {
  /** Of the least brightness. */
  readonly black: number;
  /** Of the brightness above it. */
  readonly gain: number;
  readonly redCr: number;
  readonly greenCb: number;
  readonly greenCr: number;
  readonly blueCb: number;
}

/** A brightness for each pixel and a colour (Cb, Cr) for each square of four; the planes follow each other without gaps. */
export interface YuvPicture {
  readonly data: Uint8Array;
  readonly widthPx: number;
  readonly heightPx: number;
  /** Cb and Cr in turns in one plane (NV12); else one after the other (I420). */
  readonly interleaved: boolean;
  readonly colours: YuvColours;
}

/** Stages take both kinds: of a camera's frame they convert only what they sample. */
export type Picture = RgbaPicture | YuvPicture;

/** One byte a pixel. */
export interface GreyPicture {
  readonly data: Uint8Array;
  readonly widthPx: number;
  readonly heightPx: number;
}

export function isYuv(picture: Picture): picture is YuvPicture {
  return "colours" in picture;
}
