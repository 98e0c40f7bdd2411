import { PerspectiveCamera, Vector3 } from "three";
import { describe, expect, it } from "vitest";

import { project } from "../../maths/geometry";
import { frontalFace, sceneOf } from "../../testing/faces";
import { aim, boxInView, textRoom, viewportOfScene } from "./framing";
import { fitFrame, toFrame, toView } from "./viewport";

const FRAME = { widthPx: 1280, heightPx: 720 };
const VIEW = { widthPx: 800, heightPx: 600 };
const SCENE = sceneOf([frontalFace({})], 0, 640, 360);

describe("aim", () => {
  it.each([true, false])("shows points in camera space where the frame shows them, mirrored: %s", (mirrored) => {
    const phone = { widthPx: 300, heightPx: 600 };
    const viewport = fitFrame(FRAME, phone, mirrored, "auto", [0.6, 0.2, 0.7, 0.6]);
    const camera = new PerspectiveCamera(1, 1, 1, 600);
    aim(camera, SCENE, viewport);
    camera.updateProjectionMatrix();
    const seen = new Vector3(mirrored ? -7 : 7, -4, -60).project(camera); // -1..1 over the view
    const [x, y] = toView(viewport, ...project([7, -4, -60], FRAME.widthPx, FRAME.heightPx, SCENE.verticalFovDeg));
    expect(((seen.x + 1) / 2) * phone.widthPx).toBeCloseTo(x, 3);
    expect(((1 - seen.y) / 2) * phone.heightPx).toBeCloseTo(y, 3);
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
    const viewport = fitFrame(FRAME, { widthPx: 360, heightPx: 780 }, false, "contain");
    const [, top, , bottom] = textRoom(viewport, [0, 0, 0, 0], 1);
    expect(viewport.topPx - top).toBeCloseTo(0.25 * 780 - 6);
    expect(bottom).toBeCloseTo(780 - top);
  });
});

describe("boxInView", () => {
  it.each([true, false])("shows the same part of the frame, mirrored: %s", (mirrored) => {
    const from = fitFrame(FRAME, { widthPx: 300, heightPx: 600 }, mirrored, "auto", [0.6, 0.2, 0.7, 0.6]);
    const to = fitFrame(FRAME, FRAME, mirrored, "contain");
    const box = boxInView([10, 20, 110, 220], from, to);
    const corner = toView(to, ...toFrame(from, 10, 20));
    expect(box[0]).toBeCloseTo(corner[0]);
    expect(box[1]).toBeCloseTo(corner[1]);
    expect(box[3] - box[1]).toBeCloseTo(200 / from.scale);
  });

  it("has no more than the view", () => {
    const from = fitFrame(FRAME, { widthPx: 360, heightPx: 780 }, false, "contain"); // with bars above and below
    expect(boxInView([0, 0, 360, 780], from, fitFrame(FRAME, FRAME, false))).toEqual([0, 0, 1280, 720]);
  });
});
