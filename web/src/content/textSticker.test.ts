import { expect, it } from "vitest";

import { textSticker } from "./textSticker";

it.each([
  ["😉", 1],
  ["👨‍👩‍👧", 1],
  ["!", 1],
  ["ahoy", 3],
  ["😉😉", 3],
])("%s is %d times as wide as high, above the head", (text, aspect) => {
  const { name, size, places, ...sticker } = textSticker(text);
  expect(sticker).toEqual({ file: "", text, aspect });
  expect([name, places.map(({ at }) => at)]).toEqual([text, ["above_head"]]);
  expect(size / aspect).toBeGreaterThan(0.5); // in eye distances, to be seen
});
