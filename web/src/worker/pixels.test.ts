import { expect, test } from "vitest";

import { copiedSize, type Frame, PixelReader } from "./pixels";

interface Made {
  format?: string | null;
  rotation?: number;
  display?: [number, number];
  /** A browser that gives frames in their own format, whatever is asked for. */
  old?: boolean;
}

function frame({ format = "I420", rotation = 0, display = [4, 2], old = false }: Made = {}) {
  const closed = { is: false };
  const made = {
    format,
    rotation,
    visibleRect: { width: 4, height: 2 },
    displayWidth: display[0],
    displayHeight: display[1],
    allocationSize: () => (old && format !== "BGRA" ? 12 : 32),
    copyTo: (target: Uint8Array) => Promise.resolve(void target.fill(7)),
    close: () => (closed.is = true),
  };
  return { frame: made as unknown as Frame, closed };
}

test.each<[string, Made, boolean]>([
  ["of a camera", {}, true],
  ["that is turned", { rotation: 90 }, false],
  ["that is stretched", { display: [8, 2] }, false],
  ["on the graphics processor", { format: null }, false],
  ["in a browser that cannot convert", { old: true }, false],
  ["in another order of colours there", { format: "BGRA", old: true }, false],
])("a frame %s: %o is copied: %s", (_, made, copied) => {
  expect(copiedSize(frame(made).frame)).toEqual(copied ? { widthPx: 4, heightPx: 2 } : undefined);
});

test("a frame is copied once, into pixels that come back, and closed", async () => {
  const reader = new PixelReader();
  const { frame: first, closed } = frame();
  const picture = await reader.read(first);
  expect([picture.widthPx, picture.heightPx, [...picture.data.slice(0, 2)], closed.is]).toEqual([4, 2, [7, 7], true]);
  const pixels = reader.lend(picture);
  reader.giveBack(pixels);
  expect((await reader.read(frame().frame)).data.buffer).toBe(pixels);
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
