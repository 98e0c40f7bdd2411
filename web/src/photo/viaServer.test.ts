import { describe, expect, it } from "vitest";

import { QUALITY_REASONS } from "../perception/quality";
import { type SceneAnswer, sceneFromAnswer } from "./viaServer";

const answer: SceneAnswer = {
  width_px: 640,
  height_px: 480,
  faces: [
    {
      track_id: 1,
      box_xyxy_px: [1, 2, 3, 4],
      presence: 0.9,
      pose: { matrix: [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12], [0, 0, 0, 1]], vertical_fov_deg: 45 },
      quality: { usable: true, reasons: [], eye_distance_px: 60, sharpness: 400, yaw_deg: 3 },
      expression: { label: "happiness", confidence: 0.8, since_s: 0, ferplus: { happiness: 0.8, neutral: 0.2 } },
      landmarks_px: [[1, 2, 3], [4, 5, 6]],
    },
  ],
};

describe("sceneFromAnswer", () => {
  const scene = sceneFromAnswer(answer);

  it("turns rows of the pose into columns, as three.js reads them", () => {
    expect([...scene.faces[0].pose.slice(0, 4)]).toEqual([1, 5, 9, 0]);
    expect([...scene.faces[0].pose.slice(12)]).toEqual([4, 8, 12, 1]);
  });

  it("puts probabilities into the order of the labels", () => {
    expect(scene.faces[0].expression.ferplus[0]).toBeCloseTo(0.2);
    expect(scene.faces[0].expression.ferplus[1]).toBeCloseTo(0.8);
    expect(scene.verticalFovDeg).toBe(45);
  });

  it("turns the server's reasons into message keys", () => {
    const [face] = answer.faces;
    const skipped = { ...face, quality: { ...face.quality, usable: false, reasons: ["too small", "cut off"] } };
    const { quality } = sceneFromAnswer({ ...answer, faces: [skipped] }).faces[0];
    expect(quality).toMatchObject({ usable: false, reasons: ["too_small", "cut_off"] });
    for (const reason of quality.reasons) expect(QUALITY_REASONS).toContain(reason);
  });
});
