import { describe, expect, it } from "vitest";

import { QUALITY_REASONS } from "../perception/quality";
import { FOV_DEG, frontalFace } from "../testing/faces";
import { type SceneDocument, sceneFromDocument } from "./sceneDocument";

const answer: SceneDocument = {
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

describe("sceneFromDocument", () => {
  const scene = sceneFromDocument(answer);

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
    const { quality } = sceneFromDocument({ ...answer, faces: [skipped] }).faces[0];
    expect(quality).toMatchObject({ usable: false, reasons: ["too_small", "cut_off"] });
    for (const reason of quality.reasons) expect(QUALITY_REASONS).toContain(reason);
  });

  it("keeps index and time, which answers to single pictures lack", () => {
    expect(scene).toMatchObject({ frameIndex: 0, timeS: 0 });
    expect(sceneFromDocument({ ...answer, frame_index: 7, time_s: 1.5 })).toMatchObject({ frameIndex: 7, timeS: 1.5 });
  });

  it("gives a face without landmarks the average face in its pose", () => {
    const made = frontalFace({ yawDeg: 25, pitchDeg: -10, rollDeg: 8, xPx: 200, yPx: 150 });
    const rows = [0, 1, 2, 3].map((row) => [0, 1, 2, 3].map((column) => made.pose[4 * column + row]));
    const [face] = answer.faces;
    const { track_id, box_xyxy_px, presence, quality, expression } = face;
    const bare = { track_id, box_xyxy_px, presence, quality, expression, pose: { matrix: rows, vertical_fov_deg: FOV_DEG } };
    const [{ landmarksPx }] = sceneFromDocument({ ...answer, faces: [bare] }).faces;
    expect(landmarksPx.length).toBe(3 * 468);
    const far = landmarksPx.reduce((most, value, i) => (i % 3 === 2 ? most : Math.max(most, Math.abs(value - made.landmarksPx[i]))), 0);
    expect(far).toBeLessThan(0.05);
    const [nose, ear] = [landmarksPx[3 * 1 + 2], landmarksPx[3 * 234 + 2]];
    expect(nose).toBeLessThan(ear); // negative towards the camera
  });
});
