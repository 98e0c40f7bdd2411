/** Marks of the faces that were found and not read. */

import { Group } from "three";

import type { Box } from "../../maths/geometry";
import type { UnreadFace } from "../../types";
import { CanvasQuad } from "../text/canvasQuad";
import { viewBox } from "../text/places";
import type { OverlayTexts } from "../text/texts";
import { unreadArt } from "../text/unreadArt";
import type { Viewport } from "../view/viewport";

const EM_CSS = 13;
const ORDER = -1; // below the text of faces

export class UnreadMarks {
  readonly root = new Group();
  readonly #quads: CanvasQuad[] = [];

  constructor(private readonly texts: OverlayTexts) {}

  /** Shows these faces and no others; `scale`: view pixels a CSS pixel. */
  update(faces: readonly UnreadFace[], viewport: Viewport, scale: number): void {
    const em = Math.max(Math.round(EM_CSS * scale), 1);
    while (this.#quads.length < faces.length) {
      const quad = new CanvasQuad(ORDER);
      this.#quads.push(quad);
      this.root.add(quad.mesh);
    }
    for (const [i, quad] of this.#quads.entries()) {
      const face = faces.at(i);
      if (face) this.#show(quad, face, viewport, em);
      else quad.hide();
    }
  }

  clear(): void {
    for (const quad of this.#quads.splice(0)) {
      this.root.remove(quad.mesh);
      quad.dispose();
    }
  }

  #show(quad: CanvasQuad, { boxXyxyPx, reason }: UnreadFace, viewport: Viewport, em: number): void {
    const [left, top, right, bottom] = viewBox(boxXyxyPx, viewport).map(Math.round);
    const [width, height] = [Math.max(right - left, 1), Math.max(bottom - top, 1)];
    const text = this.texts.reason(reason);
    const { widthPx, heightPx } = quad.show(`${text} ${width} ${height} ${em}`, (pen) => unreadArt(pen, text, this.texts.rightToLeft(), width, height, em));
    const middle = Math.round((left + right - widthPx) / 2);
    const place: Box = [middle, top, middle + widthPx, top + heightPx];
    quad.place(place, 1);
  }
}
