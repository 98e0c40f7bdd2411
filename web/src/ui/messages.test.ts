import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

import { CATEGORIES } from "../labels";
import { CUES_OF, EXPRESSIONS } from "../learn/cues";
import { OVERLAYS } from "../overlay/overlays";
import { UNREAD_REASONS } from "../perception/anchors";
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

/** Keys that are composed: what follows the prefix, as the sources write it, and its values. */
const COMPOSED: Readonly<Record<string, readonly string[]>> = {
  "about.": EXPRESSIONS,
  "about.limit_": ["feelings", "rare", "groups", "hidden_faces", "light"],
  "about.never_": ["work", "school", "rank", "hidden"],
  "cue.": EXPRESSIONS.flatMap((name) => CUES_OF[name].map(({ id }) => id)),
  "expression.": CATEGORIES,
  "label.": [...CATEGORIES, SKIPPED],
  "learn.": ["cards", "make", "quiz"],
  "model.": models(),
  "nav.": SCREENS,
  "overlay.": OVERLAYS.map(({ name }) => name),
  "shell.": ["again", "saved", "not_saved", "no_app", "page_ended", "no_webview"], // of the Android app
  "quality.": [...new Set([...QUALITY_REASONS, ...UNREAD_REASONS]), "unknown"],
  "stage.": ["detect", "mesh", "track", "pose", "classify", "smooth", "total"],
  "step.": ["rest", "begun", "nearly", "there"],
};
const CAMERA_ERRORS = ["denied", "none", "in_use", "insecure", "unplugged", "failed"].map((name) => `camera.${name}`);
const LOAD_ERRORS = ["models_missing", "models_damaged", "runtime_failed", "offline", "unknown"].map((name) => `error.${name}`);
const composed = Object.entries(COMPOSED).flatMap(([prefix, values]) => values.map((value) => prefix + value));
const errors = [...CAMERA_ERRORS, ...LOAD_ERRORS].flatMap((key) => [key, `${key}.title`]);
const files = ["language.name", "language.direction"];

/** The models of a site: the shipped ones, but for ensembles, and the public ones. */
function models(): string[] {
  const shipped = JSON.parse(readFileSync(join(WEB, "../src/emoar/weights/manifest.json"), "utf8")) as Record<string, object>;
  const pulled = readFileSync(join(WEB, "../src/emoar/models/public.py"), "utf8");
  const names = Object.entries(shipped).flatMap(([name, model]) => ("file" in model ? [name] : []));
  return [...names, ...[...pulled.matchAll(/^ {8}name="(\w+)"/gm)].map((found) => found[1])];
}

/** The string literals that begin as a key does. */
function literals(): Set<string> {
  const rooms = new Set(Object.keys(english).map((key) => key.split(".")[0]));
  const found = sources(join(WEB, "src")).flatMap((text) => [...text.matchAll(/"([a-z]+)\.([a-z_.]+)"/g)]);
  return new Set(found.filter((match) => rooms.has(match[1])).map((match) => `${match[1]}.${match[2]}`));
}

describe("keys", () => {
  it("that the sources name are there", () => {
    expect(literals().size).toBeGreaterThan(100);
    for (const key of literals()) expect(english, key).toHaveProperty([key]);
  });

  it("that the sources compose are there", () => {
    expect(COMPOSED["model."]).toContain("face_landmark");
    for (const key of [...composed, ...errors]) expect(english, key).toHaveProperty([key]);
  });

  it("are composed in the ways of this test only", () => {
    const found = sources(join(WEB, "src")).flatMap((text) => [...text.matchAll(/\bt\(`([a-z_.]*)\$\{/g)].map((match) => match[1]));
    for (const prefix of found.filter((prefix) => prefix !== "")) expect(COMPOSED, prefix).toHaveProperty([prefix]);
  });

  it("are all used", () => {
    const used = new Set([...literals(), ...composed, ...errors, ...files]);
    const base = (key: string): string => key.replace(/\.app$/, ""); // what the Android app shows in place of another text
    expect(Object.keys(english).filter((key) => !used.has(base(key)))).toEqual([]);
  });
});
