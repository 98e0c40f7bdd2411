// @ts-nocheck: a build script, run by Node as it is
/**
 * Copies the content packs of `src/emoar/content` to `public/content`, their TOML turned into one `pack.json` each.
 *
 * The files are those that Python reads (docs/content-packs.md). `packs.json` lists the packs. Other packs:
 * `npm run content -- FOLDER…`.
 */

import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "smol-toml";

const here = fileURLToPath(new URL(".", import.meta.url));
const PACKS = resolve(here, "../../src/emoar/content");

/** The pack as the browser reads it: @see src/content/pack.ts */
export function readPack(folder) {
  const head = readToml(join(folder, "pack.toml"));
  if (!head.name) throw new Error(`${folder} is no content pack: it has no pack.toml; copy the default pack and edit the copy`);
  return {
    id: basename(folder),
    name: head.name,
    version: head.version,
    licence: head.licence,
    quotes: readToml(join(folder, "quotes.toml")),
    stickers: mapEntries(readToml(join(folder, "stickers.toml")), (entry) => sticker(folder, entry)),
    facepaints: mapEntries(readToml(join(folder, "facepaint.toml")), facepaint),
    objects: mapEntries(readToml(join(folder, "objects.toml")), object),
  };
}

function readToml(path) {
  return existsSync(path) ? parse(readFileSync(path, "utf8")) : {};
}

function mapEntries(table, read) {
  return Object.fromEntries(Object.entries(table).map(([label, entries]) => [label, entries.map(read)]));
}

function sticker(folder, entry) {
  const [, , width, height] = viewBox(join(folder, entry.file));
  const places = entry.places.map(({ at, offset, turn_deg = 0, tilt_deg = 0, mirror = false }) => ({
    at,
    offset,
    turnDeg: turn_deg,
    tiltDeg: tilt_deg,
    mirror,
  }));
  return { name: entry.name, file: entry.file, size: entry.size, aspect: width / height, places };
}

function facepaint({ name, file, opacity = 0.9, cover = 0.4 }) {
  return { name, file, opacity, cover };
}

function object({ name, file, at, offset = [0, 0, 0], scale = 1 }) {
  return { name, file, at, offset, scale };
}

function viewBox(path) {
  const found = /viewBox="([^"]+)"/.exec(readFileSync(path, "utf8"));
  if (!found) throw new Error(`${path}: the root must have viewBox="0 0 WIDTH HEIGHT"`);
  return found[1].replaceAll(",", " ").trim().split(/\s+/).map(Number);
}

/** Writes the packs below `target`, and their list. */
export function writePacks(folders, target) {
  rmSync(target, { recursive: true, force: true });
  const list = folders.map((folder) => {
    const pack = readPack(folder);
    const to = join(target, pack.id);
    mkdirSync(to, { recursive: true });
    const wanted = (path) => !/\.toml$|_guide\.svg$/.test(path);
    cpSync(folder, to, { recursive: true, filter: wanted });
    writeFileSync(join(to, "pack.json"), JSON.stringify(pack));
    return { id: pack.id, name: pack.name };
  });
  writeFileSync(join(target, "packs.json"), JSON.stringify(list));
  return list;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const own = readdirSync(PACKS, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(PACKS, entry.name, "pack.toml")))
    .map((entry) => join(PACKS, entry.name));
  const folders = [...own, ...process.argv.slice(2).map((path) => resolve(path))];
  const list = writePacks(folders, resolve(here, "../public/content"));
  console.log(`content packs: ${list.map((pack) => pack.id).join(", ")}`);
}
