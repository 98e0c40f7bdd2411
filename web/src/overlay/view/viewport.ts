/** Position of the unmirrored video frame in the view; the only place that mirrors flat drawings. */

export interface Size {
  readonly widthPx: number;
  readonly heightPx: number;
}

/** From frame pixels to view pixels: `scale`, then a shift, then left and right swapped where it is mirrored. */
export interface Viewport {
  readonly frame: Size;
  readonly view: Size;
  readonly scale: number;
  /** Upper left corner of the frame in the view; negative where the view shows only a part of the frame. */
  readonly leftPx: number;
  readonly topPx: number;
  readonly mirrored: boolean;
}

export type Fill = "auto" | "contain";

/** The view is filled as long as at most this share of the frame is cut off. */
const MOST_CUT = 0.34;

/** Fits the frame into the view, centred: fills the view where little is cut off, else shows all of the frame. */
export function fitFrame(frame: Size, view: Size, mirrored: boolean, fill: Fill = "auto"): Viewport {
  const across = view.widthPx / frame.widthPx;
  const down = view.heightPx / frame.heightPx;
  const smaller = Math.min(across, down);
  const larger = Math.max(across, down);
  const scale = fill === "auto" && smaller / larger >= 1 - MOST_CUT ? larger : smaller;
  return {
    frame,
    view,
    scale,
    leftPx: (view.widthPx - scale * frame.widthPx) / 2,
    topPx: (view.heightPx - scale * frame.heightPx) / 2,
    mirrored,
  };
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
export function shownPart(viewport: Viewport): [number, number, number, number] {
  const right = viewport.leftPx + viewport.scale * viewport.frame.widthPx;
  const bottom = viewport.topPx + viewport.scale * viewport.frame.heightPx;
  return [
    Math.max(viewport.leftPx, 0),
    Math.max(viewport.topPx, 0),
    Math.min(right, viewport.view.widthPx),
    Math.min(bottom, viewport.view.heightPx),
  ];
}
