import { Group } from "three";
import { describe, expect, it, vi } from "vitest";

import { frontalFace, sceneOf } from "../../testing/faces";
import type { Show } from "../layer";
import type { OverlaySpec } from "../overlays";
import { FaceView } from "./faceView";

const FACE = frontalFace({});
const SCENE = sceneOf([FACE], 0);

/** A view with one new overlay, which needs a content pack. */
function made() {
  const layer = { root: new Group(), update: vi.fn(), dispose: vi.fn() };
  const spec: OverlaySpec = { name: "new", byDefault: false, needsPack: true, layer: () => layer };
  return { layer, view: new FaceView(FACE, SCENE, [spec]) };
}

const show = (enabled: boolean, more: Partial<Show> = {}) => ({ overlays: { new: enabled }, ...more }) as Show;

describe("FaceView", () => {
  it("draws a new overlay of the table while it is enabled", () => {
    const { layer, view } = made();
    expect(view.root.children).toContain(layer.root);
    const enabled = show(true, { pack: {} as Show["pack"] });
    for (const shown of [enabled, show(true), show(false)]) view.update(shown, true);
    expect(layer.update.mock.calls).toEqual([
      [view.state, enabled, true],
      [view.state, show(true), false], // without a pack
      [view.state, show(false), false],
    ]);
    view.dispose();
    expect(layer.dispose).toHaveBeenCalledOnce();
  });

  it("hides what is behind the head, unless an avatar replaces it", () => {
    const { layer, view } = made();
    const occluder = view.root.children.find((child) => child !== layer.root)!;
    view.update(show(false), true);
    expect(occluder.visible).toBe(true);
    view.update(show(false), false);
    expect(occluder.visible).toBe(false);
    view.update(show(false, { overlays: { avatar: true } }), true);
    expect(occluder.visible).toBe(false);
  });
});
