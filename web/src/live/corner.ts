/** The corner of the view in which a panel covers least of the faces. */

import type { Box } from "../maths/geometry";

export const CORNERS = ["top end", "top start", "bottom end", "bottom start"] as const;
export type Corner = (typeof CORNERS)[number];

/** Room at each edge of the view in CSS pixels, such as that of a strip of buttons. */
export interface Edges {
  readonly side: number;
  readonly top: number;
  readonly bottom: number;
}

/** The box of a panel in a corner. */
export function cornerBox(corner: Corner, panel: readonly [number, number], view: readonly [number, number], edges: Edges, rightToLeft: boolean): Box {
  const atRight = corner.endsWith("end") !== rightToLeft;
  const left = atRight ? view[0] - edges.side - panel[0] : edges.side;
  const top = corner.startsWith("top") ? edges.top : view[1] - edges.bottom - panel[1];
  return [left, top, left + panel[0], top + panel[1]];
}

/** The corner whose box covers least of the faces: the present one while it covers nothing, else the first of the best. */
export function bestCorner(boxes: Readonly<Record<Corner, Box>>, faces: readonly Box[], present: Corner): Corner {
  const covered = (corner: Corner): number => faces.reduce((sum, face) => sum + shared(boxes[corner], face), 0);
  if (covered(present) === 0) return present;
  const least = Math.min(...CORNERS.map(covered));
  return CORNERS.find((corner) => covered(corner) === least) ?? present;
}

function shared(a: Box, b: Box): number {
  const across = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const down = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  return across > 0 && down > 0 ? across * down : 0;
}
