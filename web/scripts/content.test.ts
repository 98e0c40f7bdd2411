import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";

import type { ContentPack } from "../src/content/pack";
import { ATTACHMENT_POINTS } from "../src/faceLandmarks";
import { FERPLUS } from "../src/labels";
import { readPack, writePacks } from "./content.mjs";
import { toGlb } from "./objects/glb.mjs";
import { OBJECTS } from "./objects/make_objects.mjs";

const DEFAULT = fileURLToPath(new URL("../../src/emoar/content/default/", import.meta.url)).replace(/\/$/, "");
const folder = mkdtempSync(join(tmpdir(), "emoar-content-"));

afterAll(() => rmSync(folder, { recursive: true }));

describe("the default pack", () => {
  const pack = readPack(DEFAULT) as unknown as ContentPack;

  it.each(FERPLUS)("has quotes, stickers, face paint and 3D objects for %s", (label) => {
    for (const list of [pack.quotes, pack.stickers, pack.facepaints, pack.objects]) expect(list[label]?.length).toBeGreaterThan(0);
  });

  it("names files that are there, and attachment points that are known", () => {
    for (const { file, at } of Object.values(pack.objects).flatMap((list) => list ?? [])) {
      expect(existsSync(join(DEFAULT, file)), file).toBe(true);
      expect(ATTACHMENT_POINTS, at).toHaveProperty(at);
    }
    for (const { file, places } of Object.values(pack.stickers).flatMap((list) => list ?? [])) {
      expect(existsSync(join(DEFAULT, file)), file).toBe(true);
      for (const { at } of places) expect(ATTACHMENT_POINTS, at).toHaveProperty(at);
    }
  });
});

describe("writePacks", () => {
  it("copies what the browser needs, and lists the packs", () => {
    writePacks([DEFAULT], folder);
    expect(JSON.parse(readFileSync(join(folder, "packs.json"), "utf8"))).toEqual([{ id: "default", name: "EmoAR default" }]);
    expect(existsSync(join(folder, "default/stickers/sun.svg"))).toBe(true);
    expect(existsSync(join(folder, "default/quotes.toml"))).toBe(false);
  });

  it("names what a folder without pack.toml lacks", () => {
    expect(() => readPack(folder)).toThrow("it has no pack.toml");
  });
});

describe("the 3D objects", () => {
  it.each(Object.entries(OBJECTS))("%s.glb is what its script makes", (name, make) => {
    const made = toGlb(make());
    const committed = readFileSync(join(DEFAULT, `objects/${name}.glb`));
    expect(made.length).toBe(committed.length);
    expect(made.equals(committed), `run npm run objects after a change of scripts/objects`).toBe(true);
  });

  it("move with the expression's strength in at least one object of each expression that has one", () => {
    const moving = Object.keys(OBJECTS).filter((name) => {
      const text = readFileSync(join(DEFAULT, `objects/${name}.glb`)).toString("latin1");
      return /"(with|from)_strength"/.test(text);
    });
    expect(moving.length).toBeGreaterThanOrEqual(8);
  });
});
