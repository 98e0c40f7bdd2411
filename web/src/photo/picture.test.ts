import { describe, expect, it } from "vitest";

import { drawableSize } from "./picture";

describe("drawableSize", () => {
  it.each([
    ["a photo of 12 megapixels keeps its size", [4000, 3000], 8192, [4000, 3000]],
    ["one of 48 is as large as a canvas", [8064, 6048], 16384, [4729, 3547]],
    ["a long panorama fits the graphics processor", [12000, 1000], 4096, [4096, 341]],
    ["a line keeps a pixel", [40000, 1], 4096, [4096, 1]],
  ])("%s", (_, [widthPx, heightPx], longestPx, [width, height]) => {
    expect(drawableSize({ widthPx, heightPx }, longestPx)).toEqual({ widthPx: width, heightPx: height });
  });
});
