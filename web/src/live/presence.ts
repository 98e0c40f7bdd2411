/** What is told about a picture without a face: whether there was one, and whether it went over the edge. */

import type { Face, Scene } from "../types";

/** Of the frame's sides: a box that comes so near to an edge was cut by it. */
const EDGE = 0.02;

export class Presence {
  #last: "none" | "inside" | "edge" = "none";

  /** The message key; empty while there is a face. */
  hint(scene: Scene): string {
    if (scene.faces.length > 0) {
      this.#last = scene.faces.some((face) => isCut(face, scene)) ? "edge" : "inside";
      return "";
    }
    return { none: "live.no_face", inside: "live.gone", edge: "live.edge" }[this.#last];
  }
}

function isCut({ quality, boxXyxyPx: [left, top, right, bottom] }: Face, { widthPx, heightPx }: Scene): boolean {
  if (quality.reasons.includes("cut_off")) return true;
  const [x, y] = [EDGE * widthPx, EDGE * heightPx];
  return left < x || top < y || right > widthPx - 1 - x || bottom > heightPx - 1 - y;
}
