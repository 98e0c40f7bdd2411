import { describe, expect, it } from "vitest";

import { inLanguage, quoted, sourceOf } from "./language";
import type { ContentPack } from "./pack";

const pack: ContentPack = {
  id: "mine",
  name: "Mine",
  licence: "CC0-1.0",
  quotes: {
    happiness: [
      { text: "Oh joy!", author: "A" },
      { text: "O Freude!", author: "B", language: "de-AT" },
    ],
    fear: [{ text: "Who is there?", author: "A", language: "en" }],
  },
  stickers: {},
  facepaints: {},
  objects: {},
};
const texts = (language: string, label: string) => inLanguage(pack, language).quotes[label]?.map((quote) => quote.text);

describe("inLanguage", () => {
  it("keeps the quotes of the language, whatever the region", () => {
    expect(texts("de", "happiness")).toEqual(["O Freude!"]);
    expect(texts("en-GB", "happiness")).toEqual(["Oh joy!"]);
  });

  it("keeps all quotes of an expression that has none in the language", () => {
    expect(texts("de", "fear")).toEqual(["Who is there?"]);
  });

  it("leaves the pack itself as it is", () => {
    inLanguage(pack, "de");
    expect(pack.quotes.happiness).toHaveLength(2);
  });
});

describe("a quote", () => {
  it("stands in the marks of its language", () => {
    expect(quoted({ text: "O Freude!", author: "B", language: "de-AT" })).toBe("„O Freude!“");
    expect(quoted({ text: "Oh joy!", author: "A" })).toBe("“Oh joy!”");
  });

  it("names its author, work and translator", () => {
    expect(sourceOf({ text: "Oh joy!", author: "A", work: "Song", translator: "C" })).toBe("A, Song, translated by C");
    expect(sourceOf({ text: "Oh joy!", author: "A" })).toBe("A");
  });
});
