import { PerspectiveCamera, Vector3 } from "three";
import { describe, expect, it } from "vitest";

import { project } from "../../maths/geometry";
import { frontalFace, sceneOf } from "../../testing/faces";
import { aim, textRoom, viewportOfScene } from "./framing";
import { fitFrame, toView } from "./viewport";

const FRAME = { widthPx: 1280, heightPx: 720 };
const VIEW = { widthPx: 800, heightPx: 600 };
const SCENE = sceneOf([frontalFace({})], 0, 640, 360);

describe("aim", () => {
  it("shows points in camera space where the frame shows them", () => {
    const viewport = fitFrame(FRAME, VIEW, false);
    const camera = new PerspectiveCamera(1, 1, 1, 600);
    aim(camera, SCENE, viewport);
    camera.updateProjectionMatrix();
    const seen = new Vector3(7, -4, -60).project(camera); // -1..1 over the view
    const [x, y] = toView(viewport, ...project([7, -4, -60], FRAME.widthPx, FRAME.heightPx, SCENE.verticalFovDeg));
    expect(((seen.x + 1) / 2) * VIEW.widthPx).toBeCloseTo(x, 3);
    expect(((1 - seen.y) / 2) * VIEW.heightPx).toBeCloseTo(y, 3);
  });
});

describe("viewportOfScene", () => {
  it("is the viewport itself for a scene of the frame's size", () => {
    const viewport = fitFrame({ widthPx: 640, heightPx: 360 }, VIEW, false);
    expect(viewportOfScene(SCENE, viewport)).toBe(viewport);
  });

  it("scales pixels of a smaller scene", () => {
    const viewport = fitFrame(FRAME, VIEW, true);
    const [x, y] = toView(viewportOfScene(SCENE, viewport), 319.5, 179.5); // the middle
    expect(x).toBeCloseTo(VIEW.widthPx / 2);
    expect(y).toBeCloseTo(VIEW.heightPx / 2);
  });
});

describe("textRoom", () => {
  it("leaves out what buttons cover, and a margin", () => {
    const viewport = fitFrame(FRAME, VIEW, false);
    expect(textRoom(viewport, [10, 0, 20, 100], 1)).toEqual([16, 6, 774, 494]);
    expect(textRoom(viewport, [0, 0, 0, 100], 2)).toEqual([12, 12, 788, 388]);
  });

  it("stays near a frame that is lower than the view", () => {
    const viewport = fitFrame(FRAME, { widthPx: 360, heightPx: 780 }, false);
    const [, top, , bottom] = textRoom(viewport, [0, 0, 0, 0], 1);
    expect(viewport.topPx - top).toBeCloseTo(0.25 * 780 - 6);
    expect(bottom).toBeCloseTo(780 - top);
  });
});
