/**
 * Whom a drawn face belongs to: skin, age, hair and what people wear, chosen at random, so that expressions are learned on
 * many faces. What expressions move keeps its place and is legible on each skin (`identity.test.ts`).
 */

export const AGES = ["child", "adult", "old"] as const;
export type Age = (typeof AGES)[number];

/** Colours of one skin. */
export interface Skin {
  readonly base: string;
  /** Of the nose and of wrinkles. */
  readonly shade: string;
  /** Under dark brows: lighter where the skin is dark, so that dark brows are seen. */
  readonly browBone: string;
  readonly blush: string;
  readonly lips: string;
}

export const SKINS: readonly Skin[] = [
  { base: "#f9e2d0", shade: "#cf9f80", browBone: "#f9e2d0", blush: "#f0a093", lips: "#a9474c" },
  { base: "#f0c9a4", shade: "#b98461", browBone: "#f0c9a4", blush: "#e88f7e", lips: "#96393d" },
  { base: "#dcaa7c", shade: "#a36d48", browBone: "#dcaa7c", blush: "#d97f68", lips: "#812b30" },
  { base: "#bd8557", shade: "#855634", browBone: "#c99568", blush: "#b8573f", lips: "#5a171c" },
  { base: "#8e5a3b", shade: "#5a341f", browBone: "#b5835f", blush: "#b4553f", lips: "#f5b5a8" },
  { base: "#67412e", shade: "#3d2418", browBone: "#a06f52", blush: "#97452f", lips: "#dd958a" },
  { base: "#4b2f24", shade: "#865d49", browBone: "#946548", blush: "#84392a", lips: "#cf877d" },
];
const DARK_FROM = 4; // of these skins on, hair and frames of glasses are other ones

export const HAIRSTYLES = ["short", "long", "bob", "curls", "bun", "pigtails", "receding", "bald", "scarf"] as const;
export type Hairstyle = (typeof HAIRSTYLES)[number];

const HAIRSTYLES_OF: Readonly<Record<Age, readonly Hairstyle[]>> = {
  child: ["short", "long", "bob", "curls", "pigtails", "bun"],
  adult: ["short", "short", "long", "bob", "curls", "bun", "bald", "scarf"],
  old: ["short", "bob", "bun", "receding", "receding", "bald", "scarf"],
};
const BEARDED: readonly Hairstyle[] = ["short", "curls", "receding", "bald"];
const HAIR = { light: ["#2b1a12", "#5b3a29", "#8a5a2e", "#c9963f", "#a4502a"], dark: ["#130c0a", "#21130e", "#2e1a12"], grey: ["#b9b6b1", "#d9d6d1", "#8f8c88"] };
const GREY_BROWS = { onLight: "#423e3a", onDark: "#e4dfd9" };
const SCARVES = ["#2f6f8f", "#7a3e6d", "#3f7a4f", "#b5533c", "#44507e"];
const IRISES = { light: ["#3a2a20", "#5a4023", "#3d5f6e", "#4b6b45"], dark: ["#2a1a12", "#3a2416"] };

export interface Identity {
  readonly skin: Skin;
  readonly age: Age;
  readonly hairstyle: Hairstyle;
  readonly hair: string;
  readonly brows: string;
  /** Under the brows. */
  readonly browBone: string;
  readonly irises: string;
  readonly scarf: string;
  readonly beard: boolean;
  /** Colour of the frame; undefined without glasses. */
  readonly glasses: string | undefined;
  readonly freckles: boolean;
  /** Half axes of the face. */
  readonly face: { readonly rx: number; readonly ry: number };
  readonly eyes: { readonly rx: number; readonly ry: number; readonly tiltDeg: number };
  readonly browWidth: number;
  readonly noseWidth: number;
}

/** Somebody with another skin than the last one; `random` gives 0..1. */
export function newIdentity(random: () => number, last?: Identity): Identity {
  const skin = pick(SKINS.filter((other) => other !== last?.skin), random);
  const dark = SKINS.indexOf(skin) >= DARK_FROM;
  const age = pick(AGES, random);
  const hairstyle = pick(HAIRSTYLES_OF[age], random);
  const young = pick(HAIR[dark || SKINS.indexOf(skin) >= 2 ? "dark" : "light"], random);
  const hair = age === "old" ? pick(HAIR.grey, random) : young;
  const between = (least: number, most: number): number => least + random() * (most - least);
  const child = age === "child";
  return {
    skin,
    age,
    hairstyle,
    hair,
    brows: age === "old" ? GREY_BROWS[dark ? "onDark" : "onLight"] : dark ? young : darker(young),
    browBone: age === "old" && dark ? skin.base : skin.browBone,
    irises: pick(IRISES[SKINS.indexOf(skin) >= 2 ? "dark" : "light"], random),
    scarf: pick(SCARVES, random),
    beard: !child && BEARDED.includes(hairstyle) && random() < 0.5,
    glasses: random() < (age === "old" ? 0.5 : 0.2) ? (dark ? "#e3c069" : "#37312e") : undefined,
    freckles: SKINS.indexOf(skin) < 2 && age !== "old" && random() < 0.4,
    face: child ? { rx: between(76, 80), ry: between(80, 84) } : { rx: between(70, 78), ry: between(85, 90) },
    eyes: { rx: between(13.5, 16), ry: (child ? 12.5 : 11) * between(0.94, 1.06), tiltDeg: between(-5, 5) },
    browWidth: child ? between(4.5, 5.5) : between(5.5, 8),
    noseWidth: child ? between(0.7, 0.9) : between(0.9, 1.35),
  };
}

function pick<T>(items: readonly T[], random: () => number): T {
  return items[Math.min(Math.floor(random() * items.length), items.length - 1)];
}

/** Brows of fair hair are drawn darker than it, to be seen. */
function darker(colour: string): string {
  const parts = [1, 3, 5].map((at) => Math.round(0.55 * parseInt(colour.slice(at, at + 2), 16)));
  return `#${parts.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

/** SVG paths of hair: behind the face, and before it. Brows at their highest stay free. */
export const HAIR_PATHS: Readonly<Record<Hairstyle, { readonly back?: string; readonly front?: string }>> = {
  short: { front: "M24 94Q26 14 100 12Q174 14 176 94Q162 46 100 42Q38 46 24 94Z" },
  long: {
    back: "M20 96Q14 6 100 6Q186 6 180 96L190 190Q150 200 100 200Q50 200 10 190Z",
    front: "M100 20Q54 30 34 84Q24 94 23 108Q16 14 100 10Q184 14 177 108Q176 94 166 84Q146 30 100 20Z",
  },
  bob: {
    back: "M18 100Q12 4 100 4Q188 4 182 100L184 152Q176 170 158 162L42 162Q24 170 16 152Z",
    front: "M23 92Q24 14 100 12Q176 14 177 92Q160 52 100 50Q40 52 23 92Z",
  },
  curls: {
    back: "M100 2a24 24 0 0 1 36 8a24 24 0 0 1 32 24a24 24 0 0 1 20 32a24 24 0 0 1 0 36a22 22 0 0 1-16 28L28 130a22 22 0 0 1-16-28a24 24 0 0 1 0-36a24 24 0 0 1 20-32a24 24 0 0 1 32-24a24 24 0 0 1 36-8Z",
    front: "M24 92a14 14 0 0 1 8-26a14 14 0 0 1 18-16a16 16 0 0 1 26-8a16 16 0 0 1 24-3a16 16 0 0 1 24 3a16 16 0 0 1 26 8a14 14 0 0 1 18 16a14 14 0 0 1 8 26Q184 14 100 10Q16 14 24 92Z",
  },
  bun: { back: "M76 16a24 18 0 1 1 48 0a24 18 0 1 1-48 0Z", front: "M23 98Q22 16 100 14Q178 16 177 98Q154 46 100 34Q46 46 23 98Z" },
  pigtails: {
    back: "M2 112a20 26 0 1 1 40 0a20 26 0 1 1-40 0ZM158 112a20 26 0 1 1 40 0a20 26 0 1 1-40 0Z",
    front: "M22 94Q24 18 100 16Q176 18 178 94Q166 52 100 28Q34 52 22 94Z",
  },
  receding: { front: "M26 124Q16 62 44 40Q34 78 36 122ZM174 124Q184 62 156 40Q166 78 164 122Z" },
  bald: {},
  scarf: {
    back: "M100 2Q4 4 10 112Q12 190 44 200L156 200Q188 190 190 112Q196 4 100 2Z",
    front: "M100 4Q8 6 12 112Q14 192 100 200Q186 192 188 112Q192 6 100 4ZM100 36Q164 38 164 108Q162 182 100 184Q38 182 36 108Q36 38 100 36Z",
  },
};

/** With skin around the mouth, so that its corners are seen. */
export const BEARD_PATH =
  "M27 116Q30 196 100 196Q170 196 173 116Q166 146 144 138Q120 128 100 132Q80 128 56 138Q34 146 27 116ZM100 137Q140 134 138 152Q134 174 100 174Q66 174 62 152Q60 134 100 137Z";
