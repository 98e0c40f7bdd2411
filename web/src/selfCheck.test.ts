import { describe, expect, test } from "vitest";

import type { Session } from "./modelSession";
import { selfCheck, testPicture } from "./selfCheck";

/** A session that outputs the sum of its input times a factor, and advances a clock by so much. */
function made(factor: number, takesMs: number, clock: { ms: number }) {
  const session = {
    input: new Float32Array(12 * 12 * 3),
    closed: false,
    run: () => {
      clock.ms += takesMs;
      return Promise.resolve({ sum: new Float32Array([factor * session.input.reduce((sum, value) => sum + value, 0)]) });
    },
    close: () => {
      session.closed = true;
    },
  };
  return session satisfies Session;
}

describe("a GPU", () => {
  test.each([
    ["right and faster", 1.0001, 2, "webgpu"],
    ["slower", 1, 9, "wasm"],
    ["differs", 1.01, 2, "wasm"],
    ["differs", NaN, 2, "wasm"],
  ] as const)("that is %s", async (reason, factor, takesMs, accelerator) => {
    const clock = { ms: 0 };
    const [cpu, gpu] = [made(1, 5, clock), made(factor, takesMs, clock)];
    const { session, check } = await selfCheck(cpu, () => Promise.resolve(gpu), () => clock.ms);
    expect(check).toMatchObject({ accelerator, reason });
    expect(session).toBe(accelerator === "wasm" ? cpu : gpu);
    expect([cpu.closed, gpu.closed]).toEqual([accelerator !== "wasm", accelerator === "wasm"]);
  });

  test("that cannot compile the model is not used", async () => {
    const cpu = made(1, 5, { ms: 0 });
    const { session, check } = await selfCheck(cpu, () => Promise.reject(new Error("no such operator")));
    expect([session, check.reason, cpu.closed]).toEqual([cpu, "failed", false]);
  });
});

test.each([[48 * 48], [192 * 192 * 3]])("the test picture of %i numbers lies in 0..1 and has light and dark", (length) => {
  const input = new Float32Array(length);
  testPicture(input);
  expect(Math.min(...input.slice(0, 1e5))).toBeGreaterThanOrEqual(0);
  expect(Math.max(...input)).toBeLessThanOrEqual(1);
  expect(Math.max(...input) - Math.min(...input)).toBeGreaterThan(0.5);
});
