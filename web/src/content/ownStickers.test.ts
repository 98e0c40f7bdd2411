import { expect, it } from "vitest";

import { ownStickersOf } from "./ownStickers";
import type { ContentPack } from "./pack";

it("has the chosen drawings and texts, and nothing for other labels", () => {
  const sun = { name: "sun", file: "sun.svg", size: 1, aspect: 1, places: [] };
  const pack = { id: "p", stickers: { happiness: [sun] } } as unknown as ContentPack;
  const labels = [
    { name: "winks", faces: [], sticker: { kind: "drawing", name: "sun" } },
    { name: "frowns", faces: [], sticker: { kind: "drawing", name: "of another pack" } },
    { name: "tongue out", faces: [], sticker: { kind: "text", text: "bleh" } },
    { name: "neutral", faces: [] },
  ] as const;
  const found = ownStickersOf(labels, pack);
  expect([...found.keys()]).toEqual(["winks", "tongue out"]);
  expect(found.get("winks")).toBe(sun);
  expect(found.get("tongue out")).toMatchObject({ text: "bleh" });
  expect([...ownStickersOf(labels, undefined).keys()]).toEqual(["tongue out"]);
});
