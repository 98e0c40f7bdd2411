/** Stickers of a text or an emoji, drawn with the fonts of the device. */

import { CanvasTexture, SRGBColorSpace, type Texture } from "three";

import type { Sticker } from "./pack";

const ABOVE_HEAD = { at: "above_head", offset: [0, 1, -0.3], turnDeg: 0, tiltDeg: 0, mirror: false } as const;
const HEIGHT_PX = 256;
const FONT = '"Noto Color Emoji", "Apple Color Emoji", "Segoe UI Emoji", system-ui, sans-serif';

/** One emoji is a square above the head, a text a wide sign. */
export function textSticker(text: string): Sticker {
  const one = [...new Intl.Segmenter().segment(text)].length === 1;
  return { name: text, file: "", text, size: one ? 0.95 : 2.2, aspect: one ? 1 : 3, places: [ABOVE_HEAD] };
}

/** The text as large as fits, white with a dark rim, so that it is legible on everything. */
export function textTexture({ text = "", aspect }: Sticker): Texture {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [aspect * HEIGHT_PX, HEIGHT_PX];
  const pen = canvas.getContext("2d")!;
  const font = (px: number): string => `700 ${px}px ${FONT}`;
  pen.font = font(HEIGHT_PX);
  const px = HEIGHT_PX * Math.min(0.78, (0.9 * canvas.width) / Math.max(pen.measureText(text).width, 1));
  Object.assign(pen, { font: font(px), textAlign: "center", textBaseline: "middle", lineJoin: "round", lineWidth: px / 6 });
  pen.strokeStyle = "rgb(17 20 27 / 0.9)";
  pen.strokeText(text, canvas.width / 2, canvas.height / 2);
  pen.fillStyle = "white";
  pen.fillText(text, canvas.width / 2, canvas.height / 2);
  const texture = new CanvasTexture(canvas);
  texture.colorSpace = SRGBColorSpace;
  texture.premultiplyAlpha = true;
  return texture;
}
