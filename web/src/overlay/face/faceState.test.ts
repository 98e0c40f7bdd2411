import { Vector3 } from "three";
import { describe, expect, it } from "vitest";

import { frontalFace, sceneOf } from "../../testing/faces";
import { FaceState } from "./faceState";

const made = (face = frontalFace({})) => new FaceState(face, sceneOf([face], 0));

describe("FaceState", () => {
  it("has a label only for a usable face that is sure", () => {
    expect(made(frontalFace({ label: "fear" })).label).toBe("fear");
    expect(made(frontalFace({ label: "unsure" })).label).toBeUndefined();
    const face = frontalFace({ label: "fear" });
    expect(made({ ...face, quality: { ...face.quality, usable: false } }).label).toBeUndefined();
  });

  it("follows the confidence without jumps", () => {
    const state = made(frontalFace({ confidence: 0.4 }));
    expect(state.strength).toBe(0);
    const sure = frontalFace({ confidence: 0.95 });
    state.update(sure, sceneOf([sure], 0.1));
    expect(state.strength).toBeCloseTo(1 - Math.exp(-0.1 / 0.35));
    state.update(sure, sceneOf([sure], 60));
    expect(state.strength).toBeCloseTo(1);
  });

  it("shifts nothing on the average face, and follows a nose that is elsewhere", () => {
    expect(made().attachmentShift("nose", new Vector3()).length()).toBeCloseTo(0, 1);
    const wide = made(frontalFace({ deform: (index, x, y, z) => [index === 4 ? x + 1 : x, y, z] }));
    expect(wide.attachmentShift("nose", new Vector3()).x).toBeCloseTo(1, 1);
  });
});
