import { describe, expect, it } from "vitest";

import { goldenMeasures } from "../testing/goldenMeasures";
import { loadMeasureNetwork } from "./measureNetwork";

const network = await loadMeasureNetwork();

describe("MeasureNetwork", () => {
  it.each(goldenMeasures())("finds in $picture what Python finds", ({ landmarksPx, values, movements }) => {
    const found = network.values(landmarksPx);
    expect(found).toHaveLength(values.length);
    found.forEach((value, i) => expect(value, network.names[i]).toBeCloseTo(values[i], 3));
    const moved = network.movements(landmarksPx);
    for (const [name, value] of Object.entries(movements)) expect(moved[name], name).toBeCloseTo(value, 3);
  });

  it("measures movement from the person's own face at rest", () => {
    const [{ landmarksPx }] = goldenMeasures();
    const own = network.movements(landmarksPx, network.values(landmarksPx));
    expect(Object.values(own).every((value) => value === 0)).toBe(true);
  });

  it("has two sides of each measure that has one", () => {
    for (const name of network.names) expect(network.names).toContain(name.replace("Left", "Right"));
  });
});
