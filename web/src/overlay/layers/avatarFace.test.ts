import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { MEASURES, type Measures } from "../../face/measures";
import { FERPLUS } from "../../labels";
import { goldenMeasures } from "../../testing/goldenMeasures";
import { AT_REST, avatarFace, blendFaces, PERSON_AT_REST } from "./avatarFace";

const neutral = PERSON_AT_REST;

/** What each expression changes, in the order of `MEASURES`: medians of 23 to 164 faces of FER2013 on whose label the votes of FER+ agree. */
const CHANGES: Readonly<Record<string, readonly number[]>> = {
  happiness: [0, -0.003, -0.007, -0.002, -0.002, -0.039, -0.04, 0.071, 0.071, 0.169, 0.103, -0.031, -0.019],
  surprise: [0.04, 0.04, 0.041, 0.048, 0.021, 0.056, 0.064, 0.014, 0.012, -0.039, 0.102, 0.004, 0.017],
  sadness: [-0.001, -0.001, -0.013, -0.01, -0.001, -0.072, -0.072, 0.02, 0.022, 0.074, 0.048, -0.012, -0.009],
  anger: [-0.024, -0.031, -0.023, -0.031, 0.001, -0.031, -0.028, 0.032, 0.033, 0.046, 0.127, -0.016, 0.005],
  disgust: [-0.018, -0.026, -0.023, -0.033, -0.005, -0.064, -0.065, 0.003, -0.003, 0.011, 0.04, -0.017, 0.006],
  fear: [0.031, 0.032, 0.014, 0.024, 0.013, 0.01, 0.015, 0.016, 0.011, 0.037, 0.039, -0.003, 0.005],
  contempt: [-0.004, 0.003, -0.009, 0.007, 0.005, 0.009, 0.016, -0.001, -0.003, 0.019, -0.001, -0.002, -0.007],
};

/** The measures of a person with an expression. */
function measuresOf(label: string): Measures {
  const entries = MEASURES.map((name, i) => [name, neutral[name] + (CHANGES[label]?.[i] ?? 0)]);
  return Object.fromEntries(entries) as unknown as Measures;
}

const shares = (label: string) => FERPLUS.map((name) => (name === label ? 0.8 : 0.2 / 7));
const seen = (label: string) => avatarFace(measuresOf(label), neutral, shares(label));
const moved = (label: string) => avatarFace(measuresOf(label), neutral);

describe("avatarFace", () => {
  it("rests when the person's face is as at rest", () => {
    for (const [key, value] of Object.entries(AT_REST)) {
      expect(moved("neutral")[key as keyof typeof AT_REST], key).toBeCloseTo(value);
      expect(Math.abs(seen("neutral")[key as keyof typeof AT_REST] - value), key).toBeLessThan(0.1);
    }
  });

  it("beams when the person does: neither worried brows nor tired lids", () => {
    for (const face of [seen("happiness"), moved("happiness")]) {
      expect(Math.min(face.smileLeft, face.smileRight)).toBeGreaterThan(0.7);
      expect(Math.abs(face.browTilt)).toBeLessThan(0.15);
      expect(Math.min(face.browLeft, face.browRight)).toBeGreaterThan(0);
      expect(Math.min(face.eyeLeft, face.eyeRight)).toBeGreaterThan(0.9);
      expect(face.mouthWidth).toBeGreaterThan(1.2);
    }
  });

  it("takes smile and jaw from the network where it is there", () => {
    const movements = { jawOpen: 0.3, mouthSmileLeft: 0.9, mouthSmileRight: 0.2 };
    const face = avatarFace(neutral, neutral, [], movements);
    expect(face.jaw).toBeCloseTo(0.5);
    expect(face.smileLeft).toBeCloseTo(0.9);
    expect(face.smileRight).toBeCloseTo(0.2);
    const wide = avatarFace(neutral, neutral, [], { jawOpen: 0.9, mouthSmileLeft: 0, mouthSmileRight: 0 });
    expect(wide.jaw).toBe(1);
  });

  it("pulls the corners down by lengths, which the network does not have", () => {
    const down = { ...neutral, cornerLeft: neutral.cornerLeft - 0.06, cornerRight: neutral.cornerRight - 0.06 };
    const movements = { jawOpen: 0, mouthSmileLeft: 0, mouthSmileRight: 0 };
    expect(avatarFace(down, neutral, [], movements).smileLeft).toBe(avatarFace(down, neutral).smileLeft);
  });

  it("smiles by its movements alone for a smile, and for nothing else", () => {
    for (const label of Object.keys(CHANGES).filter((name) => name !== "happiness")) {
      expect(Math.max(moved(label).smileLeft, moved(label).smileRight), label).toBeLessThan(0.2);
    }
  });

  it("is astonished with raised brows, wide eyes and an open mouth", () => {
    const face = seen("surprise");
    expect(face.browLeft).toBeGreaterThan(0.7);
    expect(face.eyeLeft).toBeGreaterThan(1.2);
    expect(face.jaw).toBeGreaterThan(0.3);
    expect(Math.abs(face.browTilt)).toBeLessThan(0.3);
  });

  it("is sad with the inner brows up and the corners of the mouth down", () => {
    const face = seen("sadness");
    expect(face.browTilt).toBeGreaterThan(0.5);
    expect(face.smileLeft).toBeLessThan(-0.3);
  });

  it("is angry with the inner brows down", () => {
    const face = seen("anger");
    expect(face.browTilt).toBeLessThan(-0.5);
    expect(face.browLeft).toBeLessThan(-0.4);
    expect(face.smileLeft).toBeLessThan(0);
    expect(face.eyeLeft).toBeLessThan(0.9);
  });

  it("is disgusted with narrow eyes, low brows and corners down", () => {
    const face = seen("disgust");
    expect(face.eyeLeft).toBeLessThan(0.7);
    expect(face.browLeft).toBeLessThan(-0.4);
    expect(face.smileLeft).toBeLessThan(-0.2);
  });

  it("is afraid with raised and slanted brows and wide eyes", () => {
    const face = seen("fear");
    expect(face.browTilt).toBeGreaterThan(0.5);
    expect(face.browLeft).toBeGreaterThan(0.3);
    expect(face.eyeLeft).toBeGreaterThan(1.1);
    expect(face.smileLeft).toBeLessThan(0);
  });

  it("is contemptuous on one side", () => {
    const face = seen("contempt");
    expect(face.smileLeft - face.smileRight).toBeGreaterThan(0.4);
    expect(face.browRight - face.browLeft).toBeGreaterThan(0.15);
  });

  it("does not smile because of an open jaw", () => {
    const open = avatarFace({ ...neutral, mouthOpen: neutral.mouthOpen + 0.2, cornerLeft: neutral.cornerLeft + 0.04 }, neutral);
    expect(open.smileLeft).toBeCloseTo(0);
    expect(open.jaw).toBeGreaterThan(0.3);
  });

  it("closes one eye, while it smiles, too", () => {
    const wink = { ...neutral, lidsLeft: 0.3 * neutral.lidsLeft };
    expect(avatarFace(wink, neutral).eyeLeft).toBe(0);
    expect(avatarFace(wink, neutral).eyeRight).toBeCloseTo(1);
    expect(avatarFace(wink, neutral, shares("happiness")).eyeLeft).toBe(0);
  });

  it("stays in its ranges", () => {
    const far = Object.fromEntries(MEASURES.map((name) => [name, 3])) as unknown as Measures;
    for (const label of FERPLUS) {
      const { browLeft, eyeLeft, jaw, smileLeft, mouthWidth } = avatarFace(far, neutral, shares(label));
      expect([browLeft, eyeLeft, jaw, smileLeft, mouthWidth].every((value, i) => value <= [1, 1.35, 1, 1, 1.35][i])).toBe(true);
    }
  });
});

describe("Python's avatar", () => {
  const read = (name: string): unknown => JSON.parse(readFileSync(new URL(`../../../../tests/golden/overlay/${name}`, import.meta.url), "utf8"));
  const stored = read("avatar_faces.json") as (Record<string, number> & { picture: string; label: string; measured: boolean })[];

  it.each(stored)("has the same face in $picture, $label", ({ picture, label, measured, ...numbers }) => {
    const { lengths, movements } = goldenMeasures().find((one) => one.picture === picture)!;
    const ferplus = FERPLUS.map((name) => (name === label ? 0.72 : 0.04));
    const face = avatarFace(lengths as unknown as Measures, neutral, ferplus, measured ? movements : undefined);
    const inSnakeCase = Object.fromEntries(
      Object.entries(face).map(([name, value]) => [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value as number]),
    );
    for (const [name, value] of Object.entries(numbers)) expect(inSnakeCase[name], name).toBeCloseTo(value, 4);
  });
});

describe("blendFaces", () => {
  it("goes part of the way", () => {
    expect(blendFaces(AT_REST, { ...AT_REST, jaw: 1 }, 0.25).jaw).toBeCloseTo(0.25);
  });
});
