import { expect, test } from "vitest";

import { defaultThreads } from "./perceptionClient";

test.each([
  [true, 8, 2],
  [true, 4, 2],
  [true, 2, 1],
  [false, 8, 1],
])("isolated %s with %i cores: %i threads", (isolated, cores, threads) => {
  expect(defaultThreads(isolated, cores)).toBe(threads);
});
