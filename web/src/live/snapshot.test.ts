import { describe, expect, it } from "vitest";

import { fileName } from "./snapshot";

describe("fileName", () => {
  it("sorts by time", () => {
    expect(fileName(new Date(2026, 2, 1, 4, 5, 9), "png")).toBe("emoar-2026-03-01-04-05-09.png");
  });
});
