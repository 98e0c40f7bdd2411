import { describe, expect, it } from "vitest";

import { fit, gradient, loss, type Rows } from "./softmaxRegression";

/** Three classes of which one lies between the others, of unequal numbers. */
const ROWS: Rows = {
  values: [[-1, 0.2], [-0.8, -0.3], [0.1, 0.1], [0.9, 0.4], [0.7, -0.2], [1, 0]].map((row) => Float64Array.from(row)),
  classes: [0, 0, 1, 2, 2, 2],
  weights: [1 / 6, 1 / 6, 1 / 3, 1 / 9, 1 / 9, 1 / 9],
  classCount: 3,
};
const PENALTY = 0.01;

const moved = (parameters: readonly Float64Array[], k: number, j: number, by: number) =>
  parameters.map((row, i) => (i === k ? row.with(j, row[j] + by) : row));

describe("the gradient", () => {
  it("is that of the loss, for every weight and bias", () => {
    const parameters = [0.3, -0.2, 0.5].map((value, k) => Float64Array.of(value, -value * (k + 1), 0.1 * k));
    const slope = gradient(ROWS, parameters, PENALTY);
    for (let k = 0; k < 3; k++) {
      for (let j = 0; j < 3; j++) {
        const [up, down] = [1e-5, -1e-5].map((by) => loss(ROWS, moved(parameters, k, j, by), PENALTY));
        expect(slope[k][j], `class ${k}, column ${j}`).toBeCloseTo((up - down) / 2e-5, 8);
      }
    }
  });
});

describe("fit", () => {
  const { parameters, iterations } = fit(ROWS, PENALTY);

  it("ends at the minimum", () => {
    const least = loss(ROWS, parameters, PENALTY);
    for (let k = 0; k < 3; k++) for (let j = 0; j < 3; j++) for (const by of [0.05, -0.05]) expect(loss(ROWS, moved(parameters, k, j, by), PENALTY)).toBeGreaterThan(least);
    expect(Math.max(...gradient(ROWS, parameters, PENALTY).flatMap((row) => [...row].map(Math.abs)))).toBeLessThan(6e-4);
    expect(iterations).toBeLessThan(400);
  });

  it("has smaller weights with a larger penalty", () => {
    const size = (rows: readonly Float64Array[]): number => rows.reduce((sum, row) => sum + Math.hypot(row[0], row[1]), 0);
    expect(size(fit(ROWS, 1).parameters)).toBeLessThan(0.3 * size(parameters));
  });
});
