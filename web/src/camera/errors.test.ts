import { expect, test } from "vitest";

import { cameraErrorKey } from "./errors";

test.each([
  ["NotAllowedError", "camera.denied"],
  ["NotFoundError", "camera.none"],
  ["OverconstrainedError", "camera.none"],
  ["NotReadableError", "camera.in_use"],
  ["AbortError", "camera.in_use"],
  ["SecurityError", "camera.insecure"],
  ["TypeError", "camera.failed"],
])("%s is %s", (name, key) => {
  expect(cameraErrorKey(new DOMException("", name), true)).toBe(key);
});

test("on an insecure page that is the error, whatever else went wrong", () => {
  expect(cameraErrorKey(new DOMException("", "NotFoundError"), false)).toBe("camera.insecure");
});

test.each([undefined, null, "no", {}])("%j is a failure of some kind", (error) => {
  expect(cameraErrorKey(error, true)).toBe("camera.failed");
});
