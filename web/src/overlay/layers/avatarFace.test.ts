import { describe, expect, it } from "vitest";

import { averageNeutral } from "../../face/measures";
import { AT_REST, avatarFace, blendFaces } from "./avatarFace";

const neutral = averageNeutral();

describe("avatarFace", () => {
  it("rests when the person's face is as at rest", () => {
    const face = avatarFace(neutral, neutral);
    for (const [name, value] of Object.entries(AT_REST)) expect(face[name as keyof typeof face], name).toBeCloseTo(value);
  });

  it("smiles with the mouth's corners, and not because of an open jaw", () => {
    expect(avatarFace({ ...neutral, cornerLeft: neutral.cornerLeft + 0.06 }, neutral).smileLeft).toBeGreaterThan(0.5);
    const open = { ...neutral, mouthOpen: neutral.mouthOpen + 0.2, cornerLeft: neutral.cornerLeft + 0.1 };
    expect(avatarFace(open, neutral).smileLeft).toBeCloseTo(0);
    expect(avatarFace(open, neutral).jaw).toBeGreaterThan(0.3);
  });

  it("closes one eye", () => {
    const wink = avatarFace({ ...neutral, lidsLeft: 0.3 * neutral.lidsLeft }, neutral);
    expect(wink.eyeLeft).toBe(0);
    expect(wink.eyeRight).toBeCloseTo(1);
  });
});

describe("blendFaces", () => {
  it("goes part of the way", () => {
    expect(blendFaces(AT_REST, { ...AT_REST, jaw: 1 }, 0.25).jaw).toBeCloseTo(0.25);
  });
});
