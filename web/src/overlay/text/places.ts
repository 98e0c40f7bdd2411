/** The places that a label or a bubble of a face may take. */

import { MOUTH } from "../../faceLandmarks";
import { type Box, landmark } from "../../maths/geometry";
import type { Face } from "../../types";
import { toView, type Viewport } from "../view/viewport";
import { clampToFrame, headBox, heightOf, shifted, widthOf, type Wish } from "./layout";

const TEXT_OF_FACE = 0.078; // text size over the height of the face
const GAP_EM = 0.6;
const ASIDE_EM = 0.25; // less than half of the gap
/** A face of more than this share of the room's height or width is a close-up. */
const CLOSE_UP = 0.5;

/** One face in the view, and what its text must not cover. */
export interface Site {
  /** Around the landmarks, and around the head with its hair. */
  readonly face: Box;
  readonly head: Box;
  /** Middle of the lips. */
  readonly mouth: readonly [number, number];
  /** The part of the view that buttons leave free. */
  readonly room: Box;
  /** Height of the text, in view pixels. */
  readonly em: number;
}

/** @param scale view pixels a CSS pixel */
export function siteOf(face: Face, viewport: Viewport, room: Box, scale: number): Site {
  const box = faceBox(face, viewport);
  return { face: box, head: headBox(box), mouth: mouthOf(face, viewport), room, em: emOf(box, room, scale) };
}

/** These places, at integer pixels, inside the part of the view that is free. */
export function wishOf(wanted: readonly Box[], { room, em }: Site, last: number | undefined): Wish {
  const rounded = (box: Box): Box => shifted(box, Math.round(box[0]) - box[0], Math.round(box[1]) - box[1]);
  return { places: wanted.map((box) => rounded(clampToFrame(box, room))), wanted, last, asidePx: ASIDE_EM * em };
}

/** Under, beside and above a head, the preferred ones first; the last ones lie over its own hair. */
export function labelPlaces({ face, head, em }: Site, width: number, height: number): Box[] {
  const size: Box = [0, 0, width, height];
  const gap = GAP_EM * em;
  const near = 0.5 * gap;
  const middleX = (head[0] + head[2] - width) / 2;
  const middleY = (head[1] + head[3] - height) / 2;
  const [under, over] = [head[3] + gap, head[1] - height - gap];
  const [right, left] = [head[2] + gap, head[0] - gap - width];
  const hair = face[1] - near - height;
  return [
    shifted(size, middleX, under),
    shifted(size, right, middleY),
    shifted(size, left, middleY),
    shifted(size, middleX, over),
    shifted(size, face[0], face[3] + near),
    shifted(size, face[2] - width, face[3] + near),
    shifted(size, middleX, face[3] + near),
    shifted(size, middleX, hair),
    shifted(size, face[0], hair),
    shifted(size, face[2] - width, hair),
    shifted(size, face[2] + near, face[1]),
    shifted(size, face[0] - near - width, face[1]),
    shifted(size, face[2] + near, face[3] - height),
    shifted(size, face[0] - near - width, face[3] - height),
  ];
}

/** Over the ends of a face that fills the view, where it leaves no other place. */
export function closeUpPlaces({ face, room, em }: Site, width: number, height: number): Box[] {
  const filled = heightOf(face) > CLOSE_UP * heightOf(room) || widthOf(face) > CLOSE_UP * widthOf(room);
  if (!filled) return [];
  const size: Box = [0, 0, width, height];
  const gap = GAP_EM * em;
  const middleX = (face[0] + face[2] - width) / 2;
  return [shifted(size, middleX, room[3] - height - gap), shifted(size, middleX, room[1] + gap)];
}

/** Around a head, the preferred ones first. */
export function bubblePlaces({ head, em }: Site, width: number, height: number): Box[] {
  const size: Box = [0, 0, width, height];
  const gap = 0.9 * em;
  const [middleX, middleY] = [(head[0] + head[2]) / 2, (head[1] + head[3]) / 2];
  const side = 0.1 * widthOf(head);
  const over = head[1] - height - 0.5 * gap;
  const under = head[3] + gap;
  const [right, left] = [head[2] + gap, head[0] - gap - width];
  return [
    shifted(size, right, head[1] - 0.2 * height),
    shifted(size, left, head[1] - 0.2 * height),
    shifted(size, middleX + side, over),
    shifted(size, middleX - side - width, over),
    shifted(size, right, middleY),
    shifted(size, left, middleY),
    shifted(size, middleX - width / 2, over),
    shifted(size, middleX, under),
    shifted(size, middleX - width, under),
    shifted(size, middleX - width / 2, under),
  ];
}

/** Text grows with the head, inside limits that come from the view's size; `scale` is view pixels a CSS pixel. */
function emOf(face: Box, room: Box, scale: number): number {
  const side = Math.sqrt(widthOf(room) * heightOf(room));
  const low = Math.max(side / 56, 13 * scale);
  const high = Math.max(side / 40, low);
  return Math.round(2 * Math.min(Math.max(TEXT_OF_FACE * heightOf(face), low), high)) / 2;
}

/** The box around the landmarks, in the view. */
export function faceBox({ boxXyxyPx }: Face, viewport: Viewport): Box {
  return viewBox(boxXyxyPx, viewport);
}

/** A box of the scene's frame, in the view. */
export function viewBox([left, top, right, bottom]: Box, viewport: Viewport): Box {
  const [x0, y0] = toView(viewport, left, top);
  const [x1, y1] = toView(viewport, right, bottom);
  return [Math.min(x0, x1), y0, Math.max(x0, x1), y1];
}

function mouthOf(face: Face, viewport: Viewport): [number, number] {
  const [upper, lower] = MOUTH.map((index) => landmark(face.landmarksPx, index));
  return toView(viewport, (upper[0] + lower[0]) / 2, (upper[1] + lower[1]) / 2);
}
