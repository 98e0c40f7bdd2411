/** The imports between source files and between rooms, and the cycles in them. */

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

/** By file: the files that it imports, types and dynamic imports included. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

const IMPORT = /(?:\bfrom\s*|\bimport\s*\(?\s*|\bnew URL\(\s*)["'](\.{1,2}\/[^"']+)["']/g;
const ENDINGS = ["", ".ts", ".svelte", "/index.ts"];

/** Of all `.ts` and `.svelte` files below a folder, tests left out; names are relative to the folder. */
export function importGraph(folder: string): ImportGraph {
  const files = readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(ts|svelte)$/.test(entry.name) && !/\.test\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
  const known = new Set(files);
  const name = (path: string): string => relative(folder, path);
  const targets = (path: string): string[] =>
    relativeImports(readFileSync(path, "utf8")).flatMap((specifier) => {
      const to = resolve(dirname(path), specifier);
      return ENDINGS.map((ending) => to + ending).find((candidate) => known.has(candidate)) ?? [];
    });
  return new Map(files.map((path) => [name(path), targets(path).map(name)]));
}

/**
 * The same between rooms: a folder without folders inside is one room, any other file is a room of its own.
 *
 * Imports inside a room are left out.
 */
export function roomGraph(graph: ImportGraph): ImportGraph {
  const folders = new Set([...graph.keys()].map((file) => dirname(file)));
  const holdsFolders = (folder: string): boolean => folder === "." || [...folders].some((other) => other.startsWith(`${folder}/`));
  const roomOf = (file: string): string => (holdsFolders(dirname(file)) ? file : dirname(file));
  const rooms = new Map<string, Set<string>>();
  for (const [file, targets] of graph) {
    const room = roomOf(file);
    const others = targets.map(roomOf).filter((target) => target !== room);
    rooms.set(room, new Set([...(rooms.get(room) ?? []), ...others]));
  }
  return new Map([...rooms].map(([room, targets]) => [room, [...targets]]));
}

/** The specifiers of a source text that begin with a dot. */
export function relativeImports(source: string): string[] {
  return [...source.matchAll(IMPORT)].map(([, specifier]) => specifier);
}

/** The files of one cycle, in order and closed by the first one again; undefined where there is none. */
export function findCycle(graph: ImportGraph): readonly string[] | undefined {
  const finished = new Set<string>();
  const visit = (file: string, path: readonly string[]): readonly string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (finished.has(file)) return undefined;
    for (const target of graph.get(file) ?? []) {
      const cycle = visit(target, [...path, file]);
      if (cycle) return cycle;
    }
    finished.add(file);
    return undefined;
  };
  for (const file of graph.keys()) {
    const cycle = visit(file, []);
    if (cycle) return cycle;
  }
  return undefined;
}
