import { describe, expect, it } from "vitest";

import type { HeadObject, Place, Sticker } from "../../content/pack";
import { arranged } from "./arrange";

const placeAt = (at: string): Place => ({ at, offset: [0, 1, 0], turnDeg: 0, tiltDeg: 0, mirror: false });
const sticker = (name: string, ...at: string[]): Sticker => ({ name, file: "", size: 1, aspect: 1, places: at.map(placeAt) });
const objectAt = (at: string) => ({ name: "hat", file: "", at, offset: [0, 0, 0], scale: 1 }) as HeadObject;
const offsets = (...args: Parameters<typeof arranged>) => arranged(...args).map(({ place }) => place.offset[0]);

const sun = sticker("sun", "above_head");
const hat = sticker("hat", "above_head");
const tears = sticker("tears", "left_eye", "right_eye");

describe("arranged", () => {
  it("leaves a sticker where it is", () => {
    expect(arranged([sun], undefined, false)).toEqual([{ sticker: sun, place: sun.places[0] }]);
    expect(offsets([tears], objectAt("above_head"), false)).toEqual([0, 0]);
  });

  it("puts the sun beside a hat, not on it", () => {
    expect(Math.abs(offsets([sun], objectAt("above_head"), false)[0])).toBeGreaterThan(1);
  });

  it("puts stickers above the head beside each other", () => {
    const [first, second, third] = offsets([sun, hat, sun], undefined, true);
    expect(first).toBe(0);
    expect(second).toBeGreaterThan(1);
    expect(third).toBeLessThan(-1);
  });

  it("has one thing at each other point, unless it was chosen by hand", () => {
    const glasses = sticker("glasses", "between_eyes");
    expect(arranged([glasses], objectAt("between_eyes"), false)).toEqual([]);
    expect(arranged([glasses], objectAt("between_eyes"), true)).toHaveLength(1);
    expect(arranged([tears, sticker("patch", "left_eye")], undefined, false)).toHaveLength(2);
  });
});
