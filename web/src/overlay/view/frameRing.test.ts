import { describe, expect, it } from "vitest";

import { frameIndex } from "./frameRing";

describe("frameIndex", () => {
  it("has nothing to show before the first frame", () => {
    expect(frameIndex([], 1)).toBeUndefined();
  });

  it("shows the newest frame before the first scene", () => {
    expect(frameIndex([3, 1, 2], undefined)).toBe(0);
  });

  it("shows the scene's own frame", () => {
    expect(frameIndex([3, 3.03, 2.97], 2.97)).toBe(2);
  });

  it("shows the newest frame when the scene is old or its frame gone", () => {
    expect(frameIndex([3, 3.03, 2.97], 1.8)).toBe(1);
    expect(frameIndex([3, 3.03, 2.97], 2.99)).toBe(1);
  });
});
