/** The tail of a speech bubble: a bent wedge from the bubble towards the mouth. */

import { BufferAttribute, BufferGeometry, Mesh, MeshBasicMaterial } from "three";

import type { Box, Point } from "../../maths/geometry";

const STEPS = 10;
const BASE_EM = 1.15;

/**
 * The end of the tail: between bubble and mouth, near the mouth; undefined where the bubble covers the mouth.
 *
 * @param reachPx how far from the mouth it stops
 */
export function tailTip(box: Box, mouth: Point, reachPx: number): Point | undefined {
  const nearX = Math.min(Math.max(mouth[0], box[0]), box[2]);
  const nearY = Math.min(Math.max(mouth[1], box[1]), box[3]);
  const distance = Math.hypot(mouth[0] - nearX, mouth[1] - nearY);
  if (distance < 1.2 * reachPx) return undefined;
  const share = Math.min((distance - reachPx) / distance, (1.2 * reachPx) / distance);
  return [nearX + share * (mouth[0] - nearX), nearY + share * (mouth[1] - nearY)];
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

  /** Points it at the mouth. */
  place(box: Box, mouth: Point, em: number, reachPx: number, opacity: number): void {
    const tip = tailTip(box, mouth, reachPx);
    this.mesh.visible = tip !== undefined && opacity > 0;
    if (!tip) return;
    tailOutline(box, tip, em).forEach(([x, y], i) => this.#places.setXYZ(i, x, -y, 0));
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
