import { describe, expect, it } from "vitest";

import { labelArt, type LabelText } from "./labelArt";
import type { Pen } from "./pen";

interface Written {
  readonly text: string;
  readonly x: number;
  readonly align: string;
}

/** A pen that records its calls: each letter is 10 px wide. */
function fakePen() {
  const texts: Written[] = [];
  const dots: number[] = [];
  const boxes: { x: number; width: number }[] = [];
  const pen = {
    textAlign: "start",
    direction: "inherit",
    measureText: (text: string) => ({ width: 10 * text.length }),
    fillText: (text: string, x: number) => texts.push({ text, x, align: pen.textAlign }),
    beginPath: () => undefined,
    fill: () => undefined,
    arc: (x: number) => dots.push(x),
    roundRect: (x: number, _y: number, width: number) => boxes.push({ x, width }),
  };
  return { pen: pen as unknown as Pen, texts, dots, boxes };
}

const EM = 20;
const TEXT: LabelText = { number: "", main: "looks happy", detail: "82 %", rgb: [240, 200, 60], bars: [{ name: "happiness", share: 0.5, rgb: [1, 2, 3] }], rightToLeft: false };

function drawn(rightToLeft: boolean, more: Partial<LabelText> = {}) {
  const fake = fakePen();
  const art = labelArt(fake.pen, { ...TEXT, ...more, rightToLeft }, EM);
  art.draw(fake.pen);
  return { ...fake, width: art.widthPx, height: art.heightPx };
}

describe("a label", () => {
  it("begins with its dot, then has label and confidence, from left to right", () => {
    const { texts, dots } = drawn(false);
    const [main, detail] = texts;
    expect(dots[0]).toBeLessThan(main.x);
    expect(detail.x).toBeCloseTo(main.x + 110);
    expect(texts.every(({ align }) => align === "left")).toBe(true);
  });

  it("is its own mirror image from right to left", () => {
    const [ltr, rtl] = [drawn(false), drawn(true)];
    expect(rtl.width).toBe(ltr.width);
    rtl.texts.forEach(({ text, x, align }, i) => {
      expect(text).toBe(ltr.texts[i].text);
      expect(x).toBeCloseTo(rtl.width - ltr.texts[i].x);
      expect(align).toBe("right");
    });
    expect(rtl.dots[0]).toBeCloseTo(rtl.width - ltr.dots[0]);
    rtl.boxes.forEach(({ x, width }, i) => expect(x).toBeCloseTo(rtl.width - ltr.boxes[i].x - width));
  });

  it("stays inside its panel", () => {
    for (const rightToLeft of [false, true]) {
      const { boxes, width } = drawn(rightToLeft);
      for (const box of boxes) expect(box.x >= 0 && box.x + box.width <= width).toBe(true);
    }
  });

  it("has the number of its face in the dot, before the expression", () => {
    for (const rightToLeft of [false, true]) {
      const { texts, dots } = drawn(rightToLeft, { number: "2" });
      expect(texts[0].text).toBe("2");
      expect(texts[0].x + 5).toBeCloseTo(dots[0]); // in its middle
      expect(texts[1].text).toBe("looks happy");
    }
  });

  it("may be bars alone, without a heading", () => {
    const { texts, dots, height } = drawn(false, { main: "", detail: "" });
    expect(texts.map(({ text }) => text)).toEqual(["happiness"]);
    expect(dots).toEqual([]);
    expect(height).toBeLessThan(drawn(false).height);
  });

  it("may be its number alone, as wide as high", () => {
    const { texts, width, height } = drawn(false, { number: "7", main: "", detail: "", bars: [] });
    expect(texts.map(({ text }) => text)).toEqual(["7"]);
    expect(width).toBe(height);
  });
});
