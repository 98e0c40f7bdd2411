import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { UnreadFace } from "../../types";
import type { OverlayTexts } from "../text/texts";
import { fitFrame } from "../view/viewport";
import { UnreadMarks } from "./unreadMarks";

const SIZE = { widthPx: 640, heightPx: 480 };
const TEXTS = { reason: (key: string) => key.replace("_", " "), rightToLeft: () => false } as unknown as OverlayTexts;
const face = (left: number): UnreadFace => ({ boxXyxyPx: [left, 100, left + 80, 200], reason: "turned_away", score: 0.8 });
const written = vi.fn();

beforeEach(() => {
  const pen = { measureText: (text: string) => ({ width: 6 * text.length }), fillText: written, canvas: {} };
  for (const call of ["roundRect", "setLineDash", "beginPath", "fill", "stroke"]) Object.assign(pen, { [call]: () => undefined });
  vi.stubGlobal("document", { createElement: () => ({ getContext: () => pen }) });
});

afterEach(() => {
  vi.unstubAllGlobals();
  written.mockClear();
});

/** The middle of each mark that is shown, in view pixels from the left. */
function shown(marks: UnreadMarks): number[] {
  return marks.root.children.filter(({ visible }) => visible).map(({ position }) => Math.round(position.x));
}

test.each([
  [false, [140, 440]],
  [true, [500, 200]],
])("a mark is around each face (mirrored: %s), and is gone with it", (mirrored, middles) => {
  const marks = new UnreadMarks(TEXTS);
  const viewport = fitFrame(SIZE, SIZE, mirrored, "contain");
  marks.update([face(100), face(400)], viewport, 1);
  for (const [i, x] of shown(marks).entries()) expect(Math.abs(x - middles[i])).toBeLessThanOrEqual(1);
  expect(shown(marks)).toHaveLength(2);
  marks.update([face(400)], viewport, 1);
  expect(shown(marks)).toHaveLength(1);
  marks.update([], viewport, 1);
  expect(shown(marks)).toEqual([]);
  marks.clear();
  expect(marks.root.children).toEqual([]);
});

test("a mark that stays is drawn once, with its reason", () => {
  const marks = new UnreadMarks(TEXTS);
  const viewport = fitFrame(SIZE, SIZE, false, "contain");
  for (let frame = 0; frame < 3; frame++) marks.update([face(100)], viewport, 1);
  expect(written.mock.calls.map(([text]) => text as string)).toEqual(["turned away"]);
});
