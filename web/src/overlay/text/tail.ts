/** The tail of a speech bubble: a bent wedge from the bubble towards the mouth. */

import { BufferAttribute, BufferGeometry, Mesh, MeshBasicMaterial } from "three";

import type { Box, Point } from "../../maths/geometry";
import { heightOf } from "./layout";
import type { Site } from "./places";

const STEPS = 10;
const BASE_EM = 1.15;
const SHORTEST_EM = 0.2;
/** The longest tail, over the height of the face. */
const LONGEST = 0.4;

/** The part of the way from a bubble to the mouth that lies between bubble and face; undefined where they touch. */
export function tailLine(box: Box, { face, mouth, em }: Pick<Site, "face" | "mouth" | "em">): [Point, Point] | undefined {
  const near: Point = [Math.min(Math.max(mouth[0], box[0]), box[2]), Math.min(Math.max(mouth[1], box[1]), box[3])];
  const [x, y] = [mouth[0] - near[0], mouth[1] - near[1]];
  const distance = Math.hypot(x, y);
  const leaves = Math.max(enters(near[0], x, face[0], face[2]), enters(near[1], y, face[1], face[3]));
  const share = Math.min(leaves, (LONGEST * heightOf(face)) / Math.max(distance, 1e-6));
  if (share * distance < SHORTEST_EM * em) return undefined;
  return [near, [near[0] + share * x, near[1] + share * y]];
}

/** Which share of the way it takes to get between `low` and `high`; 0 where it begins there. */
function enters(from: number, along: number, low: number, high: number): number {
  if (from >= low && from <= high) return 0;
  return ((from < low ? low : high) - from) / along;
}

/** The start of the tail: inside the bubble's edge nearest to the tip, in the padding around the text. */
function tailRoot(box: Box, tip: Point, em: number): Point {
  const inside = 0.4 * em;
  const corner = 1.7 * em; // the wedge does not start at a round corner
  const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);
  const beside = tip[0] < box[0] || tip[0] > box[2];
  const level = tip[1] > box[1] && tip[1] < box[3];
  const x = clamp(tip[0], box[0] + (beside && level ? inside : corner), box[2] - (beside && level ? inside : corner));
  const y = clamp(tip[1], box[1] + inside, box[3] - inside);
  return [x, beside && level ? clamp(y, box[1] + corner, box[3] - corner) : y];
}

/** Left and right edge of the wedge, from root to tip: (2 * (STEPS + 1)) points. */
export function tailOutline(box: Box, tip: Point, em: number): Point[] {
  const root = tailRoot(box, tip, em);
  const along: Point = [tip[0] - root[0], tip[1] - root[1]];
  const length = Math.max(Math.hypot(...along), 1e-6);
  const side: Point = [((-along[1] / length) * BASE_EM * em) / 2, ((along[0] / length) * BASE_EM * em) / 2];
  return Array.from({ length: STEPS + 1 }, (_, i) => i / STEPS).flatMap((t) => {
    const width = (1 - t) ** 1.4; // slim towards the tip
    const middle: Point = [root[0] + t * along[0], root[1] + t * along[1]];
    const bend = 0.35 * Math.sin(Math.PI * t);
    return [1, -1].map((sign): Point => [
      middle[0] + side[0] * (sign * width + bend),
      middle[1] + side[1] * (sign * width + bend),
    ]);
  });
}

export class Tail {
  readonly mesh: Mesh<BufferGeometry, MeshBasicMaterial>;
  readonly #places = new BufferAttribute(new Float32Array(3 * 2 * (STEPS + 1)), 3);

  constructor(renderOrder: number) {
    const geometry = new BufferGeometry();
    geometry.setAttribute("position", this.#places);
    geometry.setIndex(Array.from({ length: STEPS }, (_, i) => 2 * i).flatMap((i) => [i, i + 1, i + 2, i + 2, i + 1, i + 3]));
    const material = new MeshBasicMaterial({ color: 0xfcfbf7, transparent: true, depthTest: false, toneMapped: false, side: 2 });
    this.mesh = new Mesh(geometry, material);
    this.mesh.renderOrder = renderOrder;
    this.mesh.frustumCulled = false;
    this.mesh.visible = false;
  }

  /** Points it at the mouth, up to the edge of the face. */
  place(box: Box, site: Site, opacity: number): void {
    const tip = tailLine(box, site)?.[1];
    this.mesh.visible = tip !== undefined && opacity > 0;
    if (!tip) return;
    tailOutline(box, tip, site.em).forEach(([x, y], i) => this.#places.setXYZ(i, x, -y, 0));
    this.#places.needsUpdate = true;
    this.mesh.material.opacity = opacity;
  }

  hide(): void {
    this.mesh.visible = false;
  }

  dispose(): void {
    this.mesh.geometry.dispose();
    this.mesh.material.dispose();
  }
}
