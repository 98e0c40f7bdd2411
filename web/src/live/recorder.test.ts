import { afterEach, describe, expect, it, vi } from "vitest";

import { recordingType, StageRecorder } from "./recorder";

describe("recordingType", () => {
  it("is MP4 where it can be written, else WebM, else nothing", () => {
    expect(recordingType(() => true)).toContain("mp4");
    expect(recordingType((type) => type.includes("webm"))).toContain("vp9");
    expect(recordingType(() => false)).toBeUndefined();
  });
});

describe("StageRecorder", () => {
  afterEach(() => vi.unstubAllGlobals());

  /** A film from a recorder that encodes blobs of these sizes. */
  function filmOf(sizes: number[]): Promise<{ blob: Blob; extension: string }> {
    vi.stubGlobal(
      "MediaRecorder",
      class extends EventTarget {
        static isTypeSupported = () => true;
        state = "recording";
        mimeType = "video/mp4";
        ondataavailable: (event: { data: Blob }) => void = () => undefined;
        start(): void {}
        stop(): void {
          for (const size of sizes) this.ondataavailable({ data: new Blob(["x".repeat(size)]) });
          this.dispatchEvent(new Event("stop"));
        }
      },
    );
    const canvas = { captureStream: () => ({ getTracks: () => [] }) };
    return new StageRecorder(canvas as unknown as HTMLCanvasElement).stop();
  }

  it("returns the film", async () => {
    const { blob, extension } = await filmOf([3, 4]);
    expect([blob.size, extension]).toEqual([7, "mp4"]);
  });

  it("fails where the browser has encoded nothing", async () => {
    await expect(filmOf([0])).rejects.toThrow("error.recording");
  });
});
