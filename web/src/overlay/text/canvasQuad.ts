/** A flat drawing on the view: one canvas, drawn again only when its content has changed. */

import { CanvasTexture, LinearFilter, Mesh, MeshBasicMaterial, PlaneGeometry, SRGBColorSpace } from "three";

import type { Box } from "../../maths/geometry";
import type { Drawing } from "./pen";

const CARD = new PlaneGeometry(1, 1);

export class CanvasQuad {
  readonly mesh: Mesh<PlaneGeometry, MeshBasicMaterial>;
  readonly pen: CanvasRenderingContext2D;
  drawing: Drawing | undefined;
  #key = "";

  constructor(renderOrder: number) {
    this.pen = document.createElement("canvas").getContext("2d")!;
    const material = new MeshBasicMaterial({
      transparent: true,
      premultipliedAlpha: true,
      depthTest: false,
      depthWrite: false,
      toneMapped: false,
    });
    this.mesh = new Mesh(CARD, material);
    this.mesh.renderOrder = renderOrder;
    this.mesh.frustumCulled = false;
    this.mesh.visible = false;
  }

  /** Draws what `make` returns, unless `key` is that of the present drawing. */
  show(key: string, make: (pen: CanvasRenderingContext2D) => Drawing): Drawing {
    if (key === this.#key && this.drawing) return this.drawing;
    this.#key = key;
    const drawing = make(this.pen);
    this.drawing = drawing;
    this.#paint(drawing);
    return drawing;
  }

  /** Moves it to a box of view pixels; its shadow reaches beyond. */
  place(box: Box, opacity: number): void {
    const margin = this.drawing?.marginPx ?? 0;
    const [left, top, right, bottom] = [box[0] - margin, box[1] - margin, box[2] + margin, box[3] + margin];
    this.mesh.position.set((left + right) / 2, -(top + bottom) / 2, 0);
    this.mesh.scale.set(right - left, bottom - top, 1);
    this.mesh.material.opacity = opacity;
    this.mesh.visible = opacity > 0;
  }

  hide(): void {
    this.mesh.visible = false;
  }

  dispose(): void {
    this.mesh.material.map?.dispose();
    this.mesh.material.dispose();
  }

  #paint(drawing: Drawing): void {
    const { canvas } = this.pen;
    const { material } = this.mesh;
    const resized = canvas.width !== drawing.widthPx || canvas.height !== drawing.heightPx;
    canvas.width = drawing.widthPx; // also clears it
    canvas.height = drawing.heightPx;
    drawing.draw(this.pen);
    if (resized || !material.map) {
      material.map?.dispose();
      material.map = new CanvasTexture(canvas);
      material.map.colorSpace = SRGBColorSpace;
      material.map.premultiplyAlpha = true;
      material.map.generateMipmaps = false;
      material.map.minFilter = LinearFilter;
      material.needsUpdate = true;
    }
    material.map.needsUpdate = true;
  }
}
