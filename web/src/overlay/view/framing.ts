/** Position of the scene's frame in the view: for the camera of objects, and for text. */

import type { PerspectiveCamera } from "three";

import type { Box } from "../../maths/geometry";
import type { Scene } from "../../types";
import { shownLeftPx, shownPart, toFrame, type Viewport } from "./viewport";

const EDGE_CSS = 6; // distance of text from the edge
const BESIDE = 0.25; // of the view's height: the largest distance of text from the frame

/** Sets the camera to the frame's field of view, at the frame's position in the view; the world itself is mirrored by the stage. */
export function aim(camera: PerspectiveCamera, scene: Scene, viewport: Viewport): void {
  const { frame, view, scale, topPx } = viewport;
  camera.fov = scene.verticalFovDeg;
  camera.aspect = frame.widthPx / frame.heightPx;
  camera.setViewOffset(scale * frame.widthPx, scale * frame.heightPx, -shownLeftPx(viewport), -topPx, view.widthPx, view.heightPx);
}

/** The viewport of landmarks: pixels of the scene's frame, which may be smaller than the frame that is shown. */
export function viewportOfScene(scene: Scene, viewport: Viewport): Viewport {
  if (scene.widthPx === viewport.frame.widthPx) return viewport;
  const scale = (viewport.scale * viewport.frame.widthPx) / scene.widthPx;
  return { ...viewport, scale, frame: { widthPx: scene.widthPx, heightPx: scene.heightPx } };
}

/**
 * The part of the view where text may be.
 *
 * @param insets CSS pixels at each edge that buttons cover: [left, top, right, bottom]
 * @param pixelScale view pixels a CSS pixel
 */
export function textRoom(viewport: Viewport, insets: readonly [number, number, number, number], pixelScale: number): Box {
  const [left, top, right, bottom] = insets.map((inset) => inset * pixelScale);
  const shown = shownPart(viewport);
  const margin = EDGE_CSS * pixelScale;
  const { widthPx, heightPx } = viewport.view;
  // text may lie outside the frame where there is room beside it, but not far from it
  return [
    Math.max(left, 0) + margin,
    Math.max(top, shown[1] - BESIDE * heightPx) + margin,
    widthPx - Math.max(right, 0) - margin,
    Math.min(heightPx - bottom, shown[3] + BESIDE * heightPx) - margin,
  ];
}

/** The part of the frame that the view shows, in pixels of the frame. */
export function shownOfFrame(viewport: Viewport): Box {
  const [left, top, right, bottom] = shownPart(viewport);
  const [a, b] = [toFrame(viewport, left, top), toFrame(viewport, right, bottom)];
  return [Math.min(a[0], b[0]), a[1], Math.max(a[0], b[0]), b[1]];
}

/** A box of one view in another view of the same frame, cut at that view's edges. */
export function boxInView(box: Box, from: Viewport, to: Viewport): Box {
  const ratio = to.scale / from.scale;
  const x = (value: number): number => clamp(shownLeftPx(to) + ratio * (value - shownLeftPx(from)), to.view.widthPx);
  const y = (value: number): number => clamp(to.topPx + ratio * (value - from.topPx), to.view.heightPx);
  return [x(box[0]), y(box[1]), x(box[2]), y(box[3])];
}

function clamp(value: number, most: number): number {
  return Math.min(Math.max(value, 0), most);
}
