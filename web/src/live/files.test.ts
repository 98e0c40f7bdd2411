import { describe, expect, it } from "vitest";

import { recordingType } from "./recorder";
import { fileName } from "./snapshot";

describe("fileName", () => {
  it("sorts by time", () => {
    expect(fileName(new Date(2026, 2, 1, 4, 5, 9), "png")).toBe("emoar-2026-03-01-04-05-09.png");
  });
});

describe("recordingType", () => {
  it("takes MP4 where it can be written, else WebM, else nothing", () => {
    expect(recordingType(() => true)).toContain("mp4");
    expect(recordingType((type) => type.includes("webm"))).toContain("vp9");
    expect(recordingType(() => false)).toBeUndefined();
  });
});
