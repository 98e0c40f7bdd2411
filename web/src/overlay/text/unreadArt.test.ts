import { expect, test } from "vitest";

import type { Pen } from "./pen";
import { unreadArt } from "./unreadArt";

/** A pen that records its calls: each letter is 10 px wide. */
function fakePen() {
  const [texts, boxes, dashes] = [Array<{ text: string; x: number; y: number }>(), Array<number[]>(), Array<number[]>()];
  const pen = {
    measureText: (text: string) => ({ width: 10 * text.length }),
    fillText: (text: string, x: number, y: number) => texts.push({ text, x, y }),
    roundRect: (...box: number[]) => boxes.push(box.slice(0, 4)),
    setLineDash: (dash: number[]) => dashes.push(dash),
    beginPath: () => undefined,
    fill: () => undefined,
    stroke: () => undefined,
  };
  return { pen: pen as unknown as Pen, texts, boxes, dashes };
}

test.each([
  ["a large face", 200, 240],
  ["a face that is narrower than its reason", 24, 30],
])("around %s is an outline of its size, and the reason is below it", (_, widthPx, heightPx) => {
  const { pen, texts, boxes, dashes } = fakePen();
  const art = unreadArt(pen, "turned away", false, widthPx, heightPx, 20);
  art.draw(pen);
  const [[left, top, ...size], text] = boxes;
  expect(size).toEqual([widthPx, heightPx]);
  expect(left + widthPx / 2).toBeCloseTo(art.widthPx / 2);
  expect(dashes.some((dash) => dash.length > 0)).toBe(true);
  expect(text[1]).toBeGreaterThan(top + heightPx);
  expect(text[1] + text[3]).toBeLessThanOrEqual(art.heightPx);
  expect(text[0]).toBeGreaterThanOrEqual(0);
  expect(text[0] + text[2]).toBeLessThanOrEqual(art.widthPx);
  expect(texts).toMatchObject([{ text: "turned away" }]);
});

test("the reason begins at the right where that is read", () => {
  const { pen, texts, boxes } = fakePen();
  unreadArt(pen, "covered", true, 100, 100, 20).draw(pen);
  expect(texts[0].x).toBeCloseTo(boxes[1][0] + boxes[1][2] - 8);
});
