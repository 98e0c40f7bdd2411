import { expect, test } from "vitest";

import { copiedSize, formOf, type Frame, PixelReader } from "./pixels";

interface Made {
  format?: string | null;
  matrix?: string | null;
  rotation?: number;
  /** Where the visible part begins. */
  left?: number;
  display?: [number, number];
  /** A browser that gives frames in their own format, whatever is asked for. */
  old?: boolean;
}

/** A frame of 4 x 2 pixels: 12 bytes in planes, 32 in RGBA. */
function frame({ format = "I420", matrix = null, rotation = 0, left = 0, display = [4, 2], old = false }: Made = {}) {
  const seen = { closed: false, copied: [] as (string | undefined)[] };
  const made = {
    format,
    colorSpace: { matrix, fullRange: null },
    rotation,
    visibleRect: { x: left, y: 0, width: 4, height: 2 },
    displayWidth: display[0],
    displayHeight: display[1],
    allocationSize: (options?: { format: string }) => (options && !old ? 32 : 12),
    copyTo: (target: Uint8Array, options?: { format: string }) => {
      seen.copied.push(options?.format);
      return Promise.resolve(void target.fill(7));
    },
    close: () => (seen.closed = true),
  };
  return { frame: made as unknown as Frame, seen };
}

test.each<[string, Made, "planes" | "rgba" | undefined]>([
  ["of a camera", {}, "planes"],
  ["with one plane of colours", { format: "NV12", matrix: "bt709" }, "planes"],
  ["of a browser that cannot convert", { old: true }, "planes"],
  ["with other colours", { matrix: "bt2020-ncl" }, "rgba"],
  ["whose first column has half a colour", { left: 1 }, "rgba"],
  ["in another form", { format: "I422" }, "rgba"],
  ["in colours", { format: "RGBX" }, "rgba"],
  ["that is turned", { rotation: 90 }, undefined],
  ["that is stretched", { display: [8, 2] }, undefined],
  ["on the graphics processor", { format: null }, undefined],
  ["of a browser that cannot convert, in another form", { format: "I422", old: true }, undefined],
  ["in another order of colours", { format: "BGRX" }, undefined],
])("a frame %s: %o is copied as %s", (_, made, copied) => {
  const { frame: one } = frame(made);
  const size = { widthPx: 4, heightPx: 2 };
  if (copied === "planes") expect(formOf(one)).toMatchObject({ ...size, interleaved: made.format === "NV12" });
  else expect(formOf(one)).toBeUndefined();
  if (copied === "rgba") expect(copiedSize(one)).toEqual(size);
  if (!copied) expect(copiedSize(one)).toBeUndefined();
});

test.each<[Made, number, string | undefined]>([
  [{}, 12, undefined],
  [{ matrix: "bt2020-ncl" }, 32, "RGBA"],
])("a frame %o is copied once, into pixels that come back, and closed", async (made, bytes, format) => {
  const reader = new PixelReader();
  const { frame: first, seen } = frame(made);
  const picture = await reader.read(first);
  expect([picture.widthPx, picture.heightPx, picture.data.length, picture.data[0]]).toEqual([4, 2, bytes, 7]);
  expect(seen).toEqual({ closed: true, copied: [format] });
  const pixels = reader.lend(picture);
  reader.giveBack(pixels);
  expect((await reader.read(frame(made).frame)).data.buffer).toBe(pixels);
});

test("with two pictures away it waits until one is back", async () => {
  const reader = new PixelReader();
  const lent = [reader.lend(await reader.read(frame().frame)), reader.lend(await reader.read(frame().frame))];
  let ready = false;
  const waiting = reader.ready().then(() => (ready = true));
  await Promise.resolve();
  expect(ready).toBe(false);
  reader.giveBack(lent[0]);
  await waiting;
  expect(ready).toBe(true);
});
