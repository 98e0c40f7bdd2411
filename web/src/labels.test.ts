import { describe, expect, it } from "vitest";

import { CATEGORIES, category, colourOf, COLOURS_RGB, forEachLabelSet, LABEL_SETS, OWN_RGB } from "./labels";

describe("label sets", () => {
  it.each(Object.entries(LABEL_SETS))("%s has one known category for each label", (_, { labels, categories }) => {
    expect(new Set(labels).size).toBe(labels.length);
    expect(categories).toHaveLength(labels.length);
    for (const name of categories) expect(CATEGORIES).toContain(name);
  });

  it("are visited one by one", () => {
    expect(forEachLabelSet((name, { labels }) => `${name} ${labels.length}`)).toEqual({ ferplus: "ferplus 8", fer2013: "fer2013 7" });
  });
});

describe("category", () => {
  it.each([
    ["happy", "happiness"],
    ["happiness", "happiness"],
    ["sad", "sadness"],
    ["angry", "anger"],
    ["neutral", "neutral"],
    ["unsure", "unsure"],
    ["of no set", "unsure"],
  ])("of %s is %s", (label, expected) => {
    expect(category(label)).toBe(expected);
  });

  it.each([["sad", COLOURS_RGB.sadness], ["unsure", COLOURS_RGB.unsure], ["winks", OWN_RGB]])("of %s has its colour", (label, colour) => {
    expect(colourOf(label)).toEqual(colour);
  });

  it("has a colour that no other has", () => {
    expect(Object.keys(COLOURS_RGB).sort()).toEqual([...CATEGORIES].sort());
    expect(new Set(Object.values(COLOURS_RGB).map(String)).size).toBe(CATEGORIES.length);
  });
});
