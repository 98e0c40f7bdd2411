import { describe, expect, it } from "vitest";

import { recordingType } from "./recorder";

describe("recordingType", () => {
  it("is MP4 where it can be written, else WebM, else nothing", () => {
    expect(recordingType(() => true)).toContain("mp4");
    expect(recordingType((type) => type.includes("webm"))).toContain("vp9");
    expect(recordingType(() => false)).toBeUndefined();
  });
});
