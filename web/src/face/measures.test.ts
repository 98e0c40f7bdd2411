import { describe, expect, it } from "vitest";

import { frontalFace } from "../testing/faces";
import { goldenMeasures } from "../testing/goldenMeasures";
import { averageNeutral, measure, MEASURES, meanMeasures } from "./measures";

const neutral = averageNeutral();

/** Moves some landmarks up by centimetres in the head frame. */
const raise = (indices: readonly number[], byCm: number) => (i: number, x: number, y: number, z: number) =>
  [x, indices.includes(i) ? y + byCm : y, z] as [number, number, number];

describe("measure", () => {
  it.each([
    {},
    { yawDeg: 15 },
    { pitchDeg: -12, rollDeg: 25 },
    { distanceCm: 120, xPx: 100 },
  ])("finds the average face at rest, however the head is turned: %o", (made) => {
    const face = frontalFace({ distanceCm: 60, ...made });
    const found = measure(face.landmarksPx, face.pose);
    for (const name of MEASURES) expect(Math.abs(found[name] - neutral[name]), name).toBeLessThan(0.05);
  });

  it.each(goldenMeasures())("finds in $picture what Python finds", ({ landmarksPx, pose, lengths }) => {
    const found = measure(landmarksPx, pose);
    expect(Object.keys(lengths)).toEqual([...MEASURES]);
    for (const name of MEASURES) expect(found[name], name).toBeCloseTo(lengths[name], 3);
  });

  it("sees mouth corners go up", () => {
    const face = frontalFace({ deform: raise([61, 291], 0.9) });
    expect(measure(face.landmarksPx, face.pose).cornerLeft - neutral.cornerLeft).toBeGreaterThan(0.07);
  });

  it("sees one brow go up and not the other", () => {
    const face = frontalFace({ deform: raise([282, 334, 293], 0.8) });
    const found = measure(face.landmarksPx, face.pose);
    expect(found.browLeft - neutral.browLeft).toBeGreaterThan(0.06);
    expect(Math.abs(found.browRight - neutral.browRight)).toBeLessThan(0.02);
  });

  it("sees lids close and the mouth open", () => {
    const closed = frontalFace({ deform: (i, x, y, z) => [x, [386, 385, 159, 158].includes(i) ? y - 0.5 : y, z] });
    expect(measure(closed.landmarksPx, closed.pose).lidsLeft).toBeLessThan(neutral.lidsLeft - 0.1);
    const open = frontalFace({ deform: raise([14, 17], -2) });
    expect(measure(open.landmarksPx, open.pose).mouthOpen).toBeGreaterThan(neutral.mouthOpen + 0.15);
  });
});

describe("meanMeasures", () => {
  it("averages each measure", () => {
    const wide = { ...neutral, mouthWidth: neutral.mouthWidth + 0.2 };
    expect(meanMeasures([neutral, wide]).mouthWidth).toBeCloseTo(neutral.mouthWidth + 0.1);
  });

  it("falls back on the average face", () => {
    expect(meanMeasures([])).toEqual(neutral);
  });
});
