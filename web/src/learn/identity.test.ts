import { describe, expect, it } from "vitest";

import { AGES, HAIRSTYLES, type Identity, newIdentity, SKINS } from "./identity";

/** Repeatable numbers. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** As WCAG defines it. */
function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

function crowd(count: number): Identity[] {
  const random = numbers(7);
  const all: Identity[] = [];
  for (let i = 0; i < count; i++) all.push(newIdentity(random, all[i - 1]));
  return all;
}

describe("newIdentity", () => {
  const all = crowd(400);

  it("shows every skin, age and hairstyle, with and without glasses and beards", () => {
    for (const skin of SKINS) {
      const own = all.filter((identity) => identity.skin === skin);
      expect(new Set(own.map(({ age }) => age)).size, skin.base).toBe(AGES.length);
    }
    expect(new Set(all.map(({ hairstyle }) => hairstyle)).size).toBe(HAIRSTYLES.length);
    for (const has of [({ beard }: Identity) => beard, ({ glasses }: Identity) => glasses !== undefined]) {
      expect(new Set(all.map(has)).size).toBe(2);
    }
  });

  it("is never like the one before", () => {
    all.slice(1).forEach((identity, i) => expect(identity.skin).not.toBe(all[i].skin));
  });

  it("has brows and lips that stand out from the skin", () => {
    for (const { skin, brows, browBone, age } of all) {
      expect(contrast(brows, browBone), `${age} brows ${brows} on ${skin.base}`).toBeGreaterThan(3);
      expect(contrast(skin.lips, skin.base), `lips on ${skin.base}`).toBeGreaterThan(3);
      expect(contrast(skin.shade, skin.base), `nose on ${skin.base}`).toBeGreaterThan(1.5);
    }
  });

  it("gives children no beard", () => {
    expect(all.filter(({ age, beard }) => age === "child" && beard)).toEqual([]);
  });
});
