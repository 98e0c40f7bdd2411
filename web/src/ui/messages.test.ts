import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

import { CATEGORIES } from "../labels";
import { CUES_OF, EXPRESSIONS } from "../learn/cues";
import { SHORTCUTS } from "../live/shortcuts";
import { OVERLAYS } from "../overlay/overlays";
import { QUALITY_REASONS } from "../perception/quality";
import { SKIPPED } from "../session/timeline";
import { SCREENS } from "./screens";

const WEB = fileURLToPath(new URL("../../", import.meta.url));
const languages = readdirSync(join(WEB, "messages")).map((name) => name.replace(".json", ""));
const read = (language: string): Record<string, string> =>
  JSON.parse(readFileSync(join(WEB, `messages/${language}.json`), "utf8")) as Record<string, string>;
const english = read("en");

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(svelte|ts)$/.test(entry.name) && !entry.name.endsWith(".test.ts"))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));
}

const holes = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();

describe.each(languages)("messages in %s", (language) => {
  const messages = read(language);

  it("have the keys of English, all of them", () => {
    expect(Object.keys(messages).sort()).toEqual(Object.keys(english).sort());
  });

  it("have text, with the same holes", () => {
    for (const [key, text] of Object.entries(messages)) {
      expect(text.length, key).toBeGreaterThan(0);
      expect(holes(text), key).toEqual(holes(english[key]));
    }
  });
});

describe("keys", () => {
  it("that the sources name are there", () => {
    const named = sources(join(WEB, "src")).flatMap((text) => [...text.matchAll(/\bt\(\s*"([a-z_.]+)"/g)].map((found) => found[1]));
    expect(named.length).toBeGreaterThan(30);
    for (const key of named) expect(english, key).toHaveProperty([key]);
  });

  it("that are composed are there", () => {
    const keys = [
      ...CATEGORIES.flatMap((label) => [`label.${label}`, `expression.${label}`]),
      ...OVERLAYS.map(({ name }) => `overlay.${name}`),
      ...QUALITY_REASONS.map((reason) => `quality.${reason}`),
      ...EXPRESSIONS.flatMap((name) => [`about.${name}`, ...CUES_OF[name].map(({ id }) => `cue.${id}`)]),
      ...["rest", "begun", "nearly", "there"].map((step) => `step.${step}`),
      `label.${SKIPPED}`,
      ...SHORTCUTS.map(({ message }) => message),
      ...["no_face", "gone", "edge"].map((hint) => `live.${hint}`),
      ...SCREENS.map((screen) => `nav.${screen}`),
    ];
    for (const key of keys) expect(english, key).toHaveProperty([key]);
  });

  it("of all camera errors have a title", () => {
    for (const key of ["denied", "none", "in_use", "insecure", "unplugged", "failed"]) {
      expect(english).toHaveProperty([`camera.${key}`]);
      expect(english).toHaveProperty([`camera.${key}.title`]);
    }
  });
});
