import { describe, expect, it } from "vitest";

import { frontalFace, sceneOf } from "../../testing/faces";
import { Focus } from "./focus";
import { fitFrame, toView } from "./viewport";

const FRAME = { widthPx: 1280, heightPx: 720 };
const PHONE = { widthPx: 390, heightPx: 788 };

const sceneAt = (timeS: number, ...xs: number[]) =>
  sceneOf(xs.map((xPx, i) => frontalFace({ ...FRAME, xPx, distanceCm: 90, trackId: i + 1 })), timeS, 1280, 720);

/** The horizontal places of faces in the view of a phone, from 0 to 1. */
function seen(focus: Focus, scene: ReturnType<typeof sceneAt>, mirrored = false): number[] {
  const viewport = fitFrame(FRAME, PHONE, mirrored, "auto", focus.shown);
  return scene.faces.map(({ boxXyxyPx: [left, , right] }) => toView(viewport, (left + right) / 2, 0)[0] / PHONE.widthPx);
}

describe("Focus", () => {
  it("has the middle of the frame without faces", () => {
    const focus = new Focus();
    focus.update(sceneAt(0));
    expect(focus.shown).toEqual([0.5, 0.5, 0.5, 0.5]);
  });

  it.each([true, false])("centres the first face at once, mirrored: %s", (mirrored) => {
    const focus = new Focus();
    const scene = sceneAt(0, 300);
    focus.update(scene);
    expect(seen(focus, scene, mirrored)[0]).toBeCloseTo(0.5, 1);
  });

  it("is still while a face moves a little, and follows a long way in a second or two", () => {
    const focus = new Focus();
    focus.update(sceneAt(0, 600));
    const before = focus.shown;
    focus.update(sceneAt(0.1, 620));
    expect(focus.shown).toEqual(before);
    for (let i = 2; i < 25; i++) focus.update(sceneAt(i / 10, 1000));
    expect(seen(focus, sceneAt(2.5, 1000))[0]).toBeCloseTo(0.5, 1);
  });

  it("follows at once what would be cut off", () => {
    const focus = new Focus();
    focus.update(sceneAt(0, 300, 600));
    for (let i = 1; i < 30; i++) focus.update(sceneAt(i / 10, 300, 660));
    expect(focus.shown[2]).toBeGreaterThan((660 + 100) / 1280);
  });

  it("does not jump", () => {
    const focus = new Focus();
    focus.update(sceneAt(0, 300));
    const before = focus.shown;
    focus.update(sceneAt(1 / 30, 1000));
    expect(Math.abs(focus.shown[0] - before[0])).toBeLessThan(0.06);
  });

  it("shows two faces that are far apart", () => {
    const focus = new Focus();
    const scene = sceneAt(0, 250, 1030);
    focus.update(scene);
    for (const place of seen(focus, scene)) expect(place > 0.05 && place < 0.95).toBe(true);
  });

  it("keeps its place for two seconds without a face, then returns to the middle", () => {
    const focus = new Focus();
    focus.update(sceneAt(0, 300));
    const before = focus.shown;
    for (let i = 1; i < 20; i++) focus.update(sceneAt(i / 10));
    expect(focus.shown).toEqual(before);
    for (let i = 20; i < 70; i++) focus.update(sceneAt(i / 10));
    expect(focus.shown[0]).toBeCloseTo(0.5, 1);
  });
});
