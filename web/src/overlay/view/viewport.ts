/** Position of the unmirrored video frame in the view; the only place that mirrors flat drawings. */

import type { Box } from "../../maths/geometry";

export interface Size {
  readonly widthPx: number;
  readonly heightPx: number;
}

/** From frame pixels to view pixels: `scale`, then a shift, then left and right swapped where it is mirrored. */
export interface Viewport {
  readonly frame: Size;
  readonly view: Size;
  readonly scale: number;
  /** Upper left corner of the frame in the view before mirroring; negative where the view shows only a part of the frame. */
  readonly leftPx: number;
  readonly topPx: number;
  readonly mirrored: boolean;
}

/** "auto" fills the view and cuts off what does not fit, "contain" shows all of the frame. */
export type Fill = "auto" | "contain";

/** Without faces the middle of the frame is shown. */
const MIDDLE: Box = [0.5, 0.5, 0.5, 0.5];

/**
 * Fits the frame into the view.
 *
 * @param shown the part of the frame that must not be cut off, each edge as a share of the frame's side: the picture is
 *   smaller, up to all of the frame, where the view is too narrow for that part
 */
export function fitFrame(frame: Size, view: Size, mirrored: boolean, fill: Fill = "auto", shown: Box = MIDDLE): Viewport {
  const across = view.widthPx / frame.widthPx;
  const down = view.heightPx / frame.heightPx;
  const [all, full] = [Math.min(across, down), Math.max(across, down)];
  const wanted = Math.min(across / Math.max(shown[2] - shown[0], 1e-6), down / Math.max(shown[3] - shown[1], 1e-6));
  const scale = fill === "contain" ? all : Math.min(Math.max(wanted, all), full);
  return {
    frame,
    view,
    scale,
    leftPx: startOf(scale * frame.widthPx, view.widthPx, (shown[0] + shown[2]) / 2),
    topPx: startOf(scale * frame.heightPx, view.heightPx, (shown[1] + shown[3]) / 2),
    mirrored,
  };
}

/** Where the frame begins so that its point `centre` is in the middle of the view, as far as its edges allow. */
function startOf(framePx: number, viewPx: number, centre: number): number {
  if (framePx <= viewPx) return (viewPx - framePx) / 2;
  return Math.min(Math.max(viewPx / 2 - centre * framePx, viewPx - framePx), 0);
}

/** Left edge of the frame in the view, after mirroring. */
export function shownLeftPx({ frame, view, scale, leftPx, mirrored }: Viewport): number {
  return mirrored ? view.widthPx - leftPx - scale * frame.widthPx : leftPx;
}

/** Frame pixels to view pixels; `toFrame` is the inverse. */
export function toView(viewport: Viewport, x: number, y: number): [number, number] {
  const across = viewport.leftPx + viewport.scale * (x + 0.5);
  return [viewport.mirrored ? viewport.view.widthPx - across : across, viewport.topPx + viewport.scale * (y + 0.5)];
}

/** View pixels to frame pixels. */
export function toFrame(viewport: Viewport, x: number, y: number): [number, number] {
  const across = viewport.mirrored ? viewport.view.widthPx - x : x;
  return [(across - viewport.leftPx) / viewport.scale - 0.5, (y - viewport.topPx) / viewport.scale - 0.5];
}

/** The part of the view that shows the frame, [left, top, right, bottom]. */
export function shownPart(viewport: Viewport): Box {
  const left = shownLeftPx(viewport);
  const right = left + viewport.scale * viewport.frame.widthPx;
  const bottom = viewport.topPx + viewport.scale * viewport.frame.heightPx;
  return [Math.max(left, 0), Math.max(viewport.topPx, 0), Math.min(right, viewport.view.widthPx), Math.min(bottom, viewport.view.heightPx)];
}
