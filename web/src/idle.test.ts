import { afterEach, expect, test, vi } from "vitest";

import { mayFetchEarly, whenIdle } from "./idle";

afterEach(() => vi.unstubAllGlobals());

test.each([
  ["no report", undefined, true],
  ["Save-Data", { saveData: true, effectiveType: "4g" }, false],
  ["fast", { saveData: false, effectiveType: "4g" }, true],
  ["slow", { effectiveType: "2g" }, false],
  ["slower", { effectiveType: "slow-2g" }, false],
])("early fetching: %s", (_, connection, may) => {
  expect(mayFetchEarly(connection ? { connection } : {})).toBe(may);
});

test("work waits until the page has loaded and is idle", () => {
  const waiting: Record<string, () => void> = {};
  vi.stubGlobal("document", { readyState: "interactive" });
  vi.stubGlobal("window", {
    addEventListener: (event: string, listener: () => void) => (waiting[event] = listener),
    requestIdleCallback: (work: () => void) => (waiting.idle = work),
  });
  const work = vi.fn();
  whenIdle(work);
  expect(Object.keys(waiting)).toEqual(["load"]);
  waiting.load();
  expect(work).not.toHaveBeenCalled();
  waiting.idle();
  expect(work).toHaveBeenCalledOnce();
});

test("where a browser does not report being idle, a moment passes", () => {
  vi.useFakeTimers();
  vi.stubGlobal("document", { readyState: "complete" });
  vi.stubGlobal("window", {});
  const work = vi.fn();
  whenIdle(work);
  expect(work).not.toHaveBeenCalled();
  vi.runAllTimers();
  expect(work).toHaveBeenCalledOnce();
  vi.useRealTimers();
});
