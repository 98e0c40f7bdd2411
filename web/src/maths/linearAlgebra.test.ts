import { expect, test } from "vitest";

import { multiply3, principalEigenvector, rotate, rotationAbout, solvePositive } from "./linearAlgebra";

test("a quarter turn about z maps x to y, and its inverse maps it back", () => {
  const turn = rotationAbout([0, 0, Math.PI / 2]);
  expect(rotate(turn, 1, 0, 0).map((value) => value + 0)).toEqual([expect.closeTo(0), 1, 0]);
  const back = multiply3(rotationAbout([0, 0, -Math.PI / 2]), turn);
  back.forEach((value, i) => expect(value).toBeCloseTo(i % 4 === 0 ? 1 : 0, 12));
});

test("no turn is the identity", () => {
  expect(rotationAbout([0, 0, 0])).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1]);
});

test("a positive definite system is solved, another gives null", () => {
  const solved = solvePositive(new Float64Array([4, 2, 2, 3]), new Float64Array([10, 9]));
  expect([...solved!]).toEqual([expect.closeTo(1.5), expect.closeTo(2)]);
  expect(solvePositive(new Float64Array([1, 2, 2, 1]), new Float64Array([1, 1]))).toBeNull();
});

test("the principal eigenvector is the one of the largest eigenvalue", () => {
  // eigenvalues 5 along (1, 2) and 0 across; and 3 along a third axis
  const vector = principalEigenvector(new Float64Array([1, 2, 0, 2, 4, 0, 0, 0, 3]), 3);
  const sign = Math.sign(vector[0]);
  expect(vector.map((value) => value * sign)).toEqual([
    expect.closeTo(Math.sqrt(0.2)),
    expect.closeTo(2 * Math.sqrt(0.2)),
    expect.closeTo(0),
  ]);
});
