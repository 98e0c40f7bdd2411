import { Matrix4, Quaternion, Vector3 } from "three";
import { describe, expect, it } from "vitest";

import { PoseFilter } from "./poseFilter";

function pose(xCm: number, yawRad = 0): number[] {
  const turn = new Quaternion().setFromAxisAngle(new Vector3(0, 1, 0), yawRad);
  return new Matrix4().compose(new Vector3(xCm, 0, -50), turn, new Vector3(1, 1, 1)).toArray();
}

describe("PoseFilter", () => {
  it("passes the first pose unchanged", () => {
    const filter = new PoseFilter();
    filter.update(pose(7, 0.4), 3);
    expect(filter.position.x).toBeCloseTo(7);
    expect(filter.quaternion.angleTo(new Quaternion().setFromAxisAngle(new Vector3(0, 1, 0), 0.4))).toBeCloseTo(0);
  });

  it("removes noise at rest", () => {
    const filter = new PoseFilter();
    let widest = 0;
    for (let i = 0; i < 60; i++) {
      filter.update(pose(i % 2 ? 0.1 : -0.1), i / 30);
      if (i > 20) widest = Math.max(widest, Math.abs(filter.position.x));
    }
    expect(widest).toBeLessThan(0.06);
  });

  it("follows a moving head closely", () => {
    const filter = new PoseFilter();
    for (let i = 0; i <= 30; i++) filter.update(pose(i), i / 30); // 30 cm a second
    expect(30 - filter.position.x).toBeLessThan(0.5);
  });

  it("starts anew after a loss, a pause or a jump", () => {
    const filter = new PoseFilter();
    filter.update(pose(0), 0);
    filter.update(pose(10), 2);
    expect(filter.position.x).toBeCloseTo(10);
    filter.update(pose(60), 2.03);
    expect(filter.position.x).toBeCloseTo(60);
    filter.reset();
    filter.update(pose(61), 2.06);
    expect(filter.position.x).toBeCloseTo(61);
  });
});
