import { describe, expect, it } from "vitest";

import { People, RETURN_S, type Sighting } from "./people";

/** A face of the camera, 100 px wide by default, its left edge at x. */
const face = (trackId: number, x = 0, width = 100) => ({ trackId, boxXyxyPx: [x, 0, x + width, width] as const });

describe("People", () => {
  it("numbers persons in the order of appearance, and keeps the numbers", () => {
    const people = new People();
    expect(people.see([face(7), face(9, 300)], 0)).toEqual([1, 2]);
    expect(people.see([face(9, 310)], 1)).toEqual([2]);
    expect([people.personOf(7), people.personOf(9), people.personOf(1)]).toEqual([1, 2, undefined]);
  });

  it("counts who comes back within 20 s as the same person, in a new track", () => {
    const people = new People();
    people.see([face(1)], 0);
    expect(people.see([face(2, 500)], RETURN_S)).toEqual([2]);
    expect(people.personOf(2)).toBe(1);
    expect(people.see([face(3)], 2 * RETURN_S + 0.1)).toEqual([3]);
    expect(people.personOf(3)).toBe(2);
  });

  it("does not take a second person for one who is in the picture", () => {
    const people = new People();
    people.see([face(1)], 0);
    people.see([face(1), face(2, 20)], 1);
    expect(people.personOf(2)).toBe(2);
  });

  it.each([
    ["position", face(1, 0), face(2, 400), face(3, 390), face(4, 15)],
    ["size", face(1, 0, 200), face(2, 0, 60), face(3, 0, 70), face(4, 0, 180)],
  ])("tells two who come back together by their %s", (_, a, b, likeB, likeA) => {
    const people = new People();
    people.see([a, b], 0);
    people.see([], 1);
    people.see([likeB, likeA], 3);
    expect([people.personOf(3), people.personOf(4)]).toEqual([2, 1]);
  });

  it("gives one of three who come back a new number when two were there", () => {
    const people = new People();
    people.see([face(1), face(2, 300)], 0);
    people.see([face(3), face(4, 300), face(5, 600)], 5);
    expect([3, 4, 5].map((id) => people.personOf(id))).toEqual([1, 2, 3]);
  });

  it("goes on after the camera was started again, which counts from 1, and after a reload", () => {
    const people = new People();
    people.see([face(1), face(2, 300)], 0);
    people.cameraStarted();
    expect(people.see([face(1, 310)], 5)).toEqual([3]);
    expect(people.personOf(1)).toBe(2);
    const restored = new People(JSON.parse(JSON.stringify(people.sightings)) as Sighting[]);
    expect(restored.see([face(1, 320), face(2)], 8)).toEqual([4, 5]);
    expect([restored.personOf(1), restored.personOf(2)]).toEqual([2, 1]);
  });

  it("is corrected by the visitor", () => {
    const people = new People();
    people.see([face(1), face(2, 300)], 0);
    people.see([face(3)], 30);
    people.join(3, 1);
    expect([...people.byTrack]).toEqual([[1, 1], [2, 2], [3, 1]]);
    people.separate(1);
    expect([...people.byTrack]).toEqual([[1, 1], [2, 2], [3, 3]]);
  });
});
