import { describe, expect, it } from "vitest";

import { newQuestion } from "./quiz";

/** Repeatable numbers. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

describe("newQuestion", () => {
  it("offers four different answers, one of which is right", () => {
    const random = numbers(3);
    for (let i = 0; i < 100; i++) {
      const { shown, choices } = newQuestion(random);
      expect(new Set(choices).size).toBe(4);
      expect(choices).toContain(shown);
    }
  });

  it("shows neither the same expression nor the same person twice in a row", () => {
    const random = numbers(5);
    let last = newQuestion(random);
    for (let i = 0; i < 50; i++) {
      const next = newQuestion(random, last);
      expect(next.shown).not.toBe(last.shown);
      expect(next.identity.skin).not.toBe(last.identity.skin);
      last = next;
    }
  });
});
