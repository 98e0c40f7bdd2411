import { expect, test } from "vitest";

import { Latest } from "./latest";

test("the newest waits, older ones are discarded", () => {
  const [worked, discarded]: [string[], string[]] = [[], []];
  const latest = new Latest<string>(
    (value) => worked.push(value),
    (value) => discarded.push(value),
  );
  for (const value of ["a", "b", "c", "d"]) latest.submit(value);
  expect([worked, discarded]).toEqual([["a"], ["b", "c"]]);
  latest.done();
  expect(worked).toEqual(["a", "d"]);
  latest.done();
  latest.submit("e");
  expect([worked, latest.dropped]).toEqual([["a", "d", "e"], 2]);
});

test("clearing discards the waiting value, not the one in work", () => {
  const discarded: number[] = [];
  const latest = new Latest<number>(
    () => undefined,
    (value) => discarded.push(value),
  );
  latest.submit(1);
  latest.submit(2);
  latest.clear();
  expect(discarded).toEqual([2]);
});
