import { expect, test, vi } from "vitest";

import { FrameStream, type FrameWork } from "./frameStream";

/** A stream that is filled by hand, and the frames that were closed unread. */
function camera() {
  const closed: number[] = [];
  let controller!: ReadableStreamDefaultController<VideoFrame>;
  const stream = new ReadableStream<VideoFrame>({ start: (given) => void (controller = given) });
  const give = (stampS: number) => controller.enqueue({ timestamp: 1e6 * stampS, close: () => closed.push(stampS) } as unknown as VideoFrame);
  return { stream, give, closed, end: () => controller.close(), breaks: () => controller.error(new Error("unplugged")) };
}

function work() {
  const times: number[] = [];
  const failed = vi.fn();
  const done: FrameWork = { ready: () => Promise.resolve(), take: (_, timeS) => Promise.resolve(void times.push(timeS)), failed };
  return { times, failed, done };
}

test("frames get the time of their capture on the page's clock", async () => {
  const { times, done } = work();
  const { stream, give, end } = camera();
  [5, 5.04, 5.08].forEach(give);
  end();
  await new FrameStream(done, () => 61_000).follow(stream, 1000);
  expect(times[0]).toBeCloseTo(60, 6);
  expect(times).toHaveLength(3);
});

test("the next frame is read when it is wanted", async () => {
  const { times, done } = work();
  let wanted: () => void = () => undefined;
  const ready = () => new Promise<void>((resolve) => (wanted = resolve));
  const { stream, give, end } = camera();
  give(1);
  give(1.1);
  const following = new FrameStream({ ...done, ready }, () => 0).follow(stream, 0);
  await Promise.resolve();
  expect(times).toEqual([]);
  wanted();
  await vi.waitFor(() => expect(times).toHaveLength(1));
  end();
  wanted();
  await vi.waitFor(() => expect(times).toHaveLength(2));
  wanted();
  await following;
});

test("while it is paused, frames are thrown away", async () => {
  const { times, done } = work();
  const { stream, give, end, closed } = camera();
  const frames = new FrameStream(done, () => 0);
  frames.paused = true;
  give(1);
  end();
  await frames.follow(stream, 0);
  expect([times, closed]).toEqual([[], [1]]);
});

test("another stream takes the place of the first", async () => {
  const { times, failed, done } = work();
  const [first, second] = [camera(), camera()];
  const frames = new FrameStream(done, () => 0);
  const before = frames.follow(first.stream, 0);
  second.give(3);
  second.end();
  await frames.follow(second.stream, 0);
  await before;
  expect(times).toHaveLength(1);
  expect(() => first.give(1)).toThrow(); // nobody reads it any more
  expect(failed).not.toHaveBeenCalled();
});

test("a stream that breaks is reported", async () => {
  const { failed, done } = work();
  const { stream, breaks } = camera();
  const following = new FrameStream(done).follow(stream, 0);
  breaks();
  await following;
  expect(failed).toHaveBeenCalledOnce();
});
