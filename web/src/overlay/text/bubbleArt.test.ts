import { describe, expect, it } from "vitest";

import { bubbleArt } from "./bubbleArt";
import type { Pen } from "./pen";

const EM = 20;
const QUOTE = { text: "All the world is a stage, and all the men and women merely players", author: "William Shakespeare" };

/** A pen that records its texts: each letter is 10 px wide. */
function fakePen() {
  const texts: { text: string; x: number; y: number }[] = [];
  const nothing = () => undefined;
  const pen = {
    measureText: (text: string) => ({ width: 10 * text.length }),
    fillText: (text: string, x: number, y: number) => texts.push({ text, x, y }),
    ...{ save: nothing, restore: nothing, beginPath: nothing, fill: nothing, roundRect: nothing },
  };
  return { pen: pen as unknown as Pen, texts };
}

function drawn(quote: Parameters<typeof bubbleArt>[1], roomPx = 600) {
  const { pen, texts } = fakePen();
  const art = bubbleArt(pen, quote, [1, 2, 3], EM, roomPx);
  art.draw(pen);
  return { art, texts };
}

describe("a bubble", () => {
  it("has all words in order, then the author", () => {
    const { texts } = drawn(QUOTE);
    const lines = texts.map(({ text }) => text);
    expect(lines.join(" ")).toBe(`“${QUOTE.text}” ${QUOTE.author}`);
    expect(texts.map(({ y }) => y)).toEqual(texts.map(({ y }) => y).sort((a, b) => a - b));
  });

  it("fits its room, with lines inside it", () => {
    const { art, texts } = drawn(QUOTE, 300);
    expect(art.widthPx - 2 * art.marginPx).toBeLessThanOrEqual(300);
    for (const { text, x } of texts) {
      expect(x).toBeGreaterThan(art.marginPx);
      expect(x + 10 * text.length).toBeLessThan(art.widthPx - art.marginPx);
    }
  });

  it("keeps the line breaks of verse", () => {
    const { texts } = drawn({ text: "one two\nthree", author: "X" });
    expect(texts.map(({ text }) => text)).toEqual(["“one two", "three”", "X"]);
  });

  it("names the work, its number on the author's line", () => {
    const { texts } = drawn({ text: "a", author: "X", work: "Sonnet 18" });
    expect(texts.at(-1)!.text).toBe("X, Sonnet\u00a018");
  });

  it("starts on the right in a language that does", () => {
    const { art, texts } = drawn({ ...QUOTE, language: "ar" });
    expect(new Set(texts.map(({ x }) => x)).size).toBe(1);
    expect(texts[0].x).toBeGreaterThan(art.widthPx / 2);
  });
});
