import { readFileSync } from "node:fs";

import { Object3D } from "three";
import { describe, expect, it } from "vitest";

import { type Motion, movedAt, MovingParts } from "./motion";

interface State {
  readonly motion: Motion;
  readonly time_s: number;
  readonly strength: number;
  readonly shift_cm: readonly number[];
  readonly turn_deg: number;
  readonly tilt_deg: number;
  readonly scale: readonly number[];
}

/** What Python has written (scripts/write_golden.py). */
const PYTHON = JSON.parse(readFileSync(new URL("../../../../tests/golden/overlay/motion.json", import.meta.url), "utf8")) as State[];

describe("movedAt", () => {
  it.each(PYTHON)("is what Python finds: $motion.kind at $time_s", ({ motion, time_s, strength, ...state }) => {
    const { shiftCm, turnDeg, tiltDeg, scale } = movedAt(motion, time_s, strength);
    const near = (value: number) => expect.closeTo(value, 4) as number;
    expect([...shiftCm]).toEqual(state.shift_cm.map(near));
    expect([...scale]).toEqual(state.scale.map(near));
    expect([turnDeg, tiltDeg]).toEqual([state.turn_deg, state.tilt_deg].map(near));
  });

  it("spins once a period", () => {
    expect(movedAt({ kind: "spin", period_s: 4 }, 1, 0.5).turnDeg).toBeCloseTo(90);
  });

  it("moves more, the stronger the expression", () => {
    const motion = { kind: "bob", period_s: 4, amount: 2, with_strength: true } as const;
    expect(movedAt(motion, 1, 0).shiftCm[1]).toBeCloseTo(0.5);
    expect(movedAt(motion, 1, 1).shiftCm[1]).toBeCloseTo(2);
  });

  it("moves falling parts from their place to the end, where they vanish", () => {
    const motion = { kind: "fall", period_s: 1, amount: 20 } as const;
    expect(movedAt(motion, 0.5, 1).shiftCm[1]).toBeCloseTo(-10);
    expect(movedAt(motion, 0.999, 1).scale[0]).toBeLessThan(0.01);
  });

  it("shows a part only from its strength on", () => {
    const motion = { kind: "bob", period_s: 1, amount: 1, from_strength: 0.5 } as const;
    expect(movedAt(motion, 0, 0.4).scale).toEqual([0, 0, 0]);
    expect(movedAt(motion, 0, 0.9).scale).toEqual([1, 1, 1]);
  });
});

describe("MovingParts", () => {
  it("moves from where the part rests, and comes back", () => {
    const node = new Object3D();
    node.position.set(0, 1, 0);
    node.userData["motion"] = { kind: "bob", period_s: 2, amount: 10 };
    const parts = new MovingParts(node);
    parts.update(0.5, 1);
    expect(node.position.y).toBeCloseTo(1.1); // metres
    parts.update(1, 1);
    expect(node.position.y).toBeCloseTo(1);
  });
});
