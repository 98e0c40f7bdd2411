import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { Camera, CameraFrame } from "../camera/types";
import type { Perception, ShownFrame } from "../types";
import { FrameFeed, feedPaths } from "./frameFeed";

class Processor {
  readonly readable = new ReadableStream<VideoFrame>();
}

/** A camera and a perception that record what happens to them. */
function made(scope: object) {
  let giveFrame: ((frame: CameraFrame) => void) | undefined;
  let giveTrack: ((track: MediaStreamTrack) => void) | undefined;
  let fail: (() => void) | undefined;
  const shown = new Set<(frame: ShownFrame) => void>();
  const perception = {
    busy: false,
    follow: vi.fn(),
    pause: vi.fn(),
    submit: vi.fn(() => void (perception.busy = true)),
    onFrame: (listener: (frame: ShownFrame) => void) => (shown.add(listener), () => void shown.delete(listener)),
    onStreamFailed: (listener: () => void) => ((fail = listener), () => (fail = undefined)),
  };
  const camera = {
    onFrame: (listener: typeof giveFrame) => ((giveFrame = listener), () => (giveFrame = undefined)),
    onTrack: (listener: typeof giveTrack) => ((giveTrack = listener), () => (giveTrack = undefined)),
  };
  const feed = new FrameFeed(camera as unknown as Camera, perception as unknown as Perception, scope);
  const answer = () => {
    perception.busy = false;
    for (const listener of [...shown]) listener({} as ShownFrame);
  };
  return { feed, perception, answer, frame: (timeS: number) => giveFrame?.({ timeS } as CameraFrame), track: () => giveTrack?.({} as MediaStreamTrack), breaks: () => fail?.() };
}

const times = (submit: { mock: { calls: unknown[][] } }) => submit.mock.calls.map(([, timeS]) => timeS);

class FakeFrame {
  constructor(_: unknown, readonly init: unknown) {}
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("VideoFrame", FakeFrame);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test.each([
  [{ MediaStreamTrackProcessor: Processor, VideoFrame: FakeFrame }, ["stream", "frame", "bitmap"]],
  [{ VideoFrame: FakeFrame }, ["frame", "bitmap"]],
  [{}, ["bitmap"]],
])("the ways of a browser", (scope, paths) => {
  expect(feedPaths(scope)).toEqual(paths);
});

test("each track's stream goes to the worker, and the page sees no frame", () => {
  const { feed, perception, track, frame } = made({ MediaStreamTrackProcessor: Processor, VideoFrame: FakeFrame });
  track();
  track(); // another camera
  frame(1);
  expect(feed.path).toBe("stream");
  expect(perception.follow).toHaveBeenCalledTimes(2);
  expect(perception.submit).not.toHaveBeenCalled();
});

test("a stream without frames, or a broken one, is replaced by a video", () => {
  for (const ends of ["silent", "broken"]) {
    const { feed, track, breaks } = made({ MediaStreamTrackProcessor: Processor, VideoFrame: FakeFrame });
    track();
    if (ends === "silent") vi.advanceTimersByTime(10_000);
    else breaks();
    expect(feed.path).toBe("frame");
  }
  const { feed, track, answer } = made({ MediaStreamTrackProcessor: Processor, VideoFrame: FakeFrame });
  track();
  answer();
  vi.advanceTimersByTime(10_000);
  expect(feed.path).toBe("stream");
});

test("a stream that cannot be transferred is replaced too", async () => {
  const { feed, perception, track } = made({ MediaStreamTrackProcessor: Processor });
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  perception.follow.mockImplementation(() => {
    throw new DOMException("", "DataCloneError");
  });
  track();
  await Promise.resolve();
  expect(feed.path).toBe("bitmap");
});

test("one frame of the video is in work, and then the newest of the others", async () => {
  const { perception, frame, answer } = made({ VideoFrame: FakeFrame });
  for (const timeS of [1, 2, 3]) frame(timeS);
  await vi.waitFor(() => expect(times(perception.submit)).toEqual([1]));
  answer();
  await vi.waitFor(() => expect(times(perception.submit)).toEqual([1, 3]));
});

test("a camera that is switched off before its frame is copied is no error", async () => {
  const { perception, frame } = made({ VideoFrame: FakeFrame });
  class Refused {
    readonly never = true;

    constructor() {
      throw new DOMException("", "InvalidStateError");
    }
  }
  vi.stubGlobal("VideoFrame", Refused);
  frame(1);
  await vi.advanceTimersByTimeAsync(0);
  vi.stubGlobal("VideoFrame", FakeFrame);
  frame(2);
  await vi.waitFor(() => expect(times(perception.submit)).toEqual([2]));
});

test("copies are made one after the other", async () => {
  const copy = vi.fn(() => Promise.resolve({}));
  vi.stubGlobal("createImageBitmap", copy);
  const { perception, frame } = made({});
  frame(1);
  frame(2);
  await vi.waitFor(() => expect(times(perception.submit)).toEqual([1]));
  expect(copy).toHaveBeenCalledOnce();
});

test("while it is paused nothing is given", async () => {
  const { feed, perception, frame } = made({ VideoFrame: FakeFrame });
  feed.paused = true;
  frame(1);
  expect(perception.submit).not.toHaveBeenCalled();
  expect(perception.pause).toHaveBeenLastCalledWith(true);
  feed.paused = false;
  frame(2);
  await vi.waitFor(() => expect(times(perception.submit)).toEqual([2]));
});
