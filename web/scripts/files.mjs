/** Shared by the scripts: folders, hashes, and writing only what has changed. */

import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const WEB = resolve(dirname(fileURLToPath(import.meta.url)), "..");
export const PUBLIC = join(WEB, "public");

/** @param {Uint8Array | string} data */
export function sha256(data) {
  return createHash("sha256").update(data).digest("hex");
}

/**
 * Writes unless the file has this content already, so that a build that changes nothing touches nothing.
 * @param {string} path
 * @param {Uint8Array | string} data
 */
export async function writeChanged(path, data) {
  const before = await readFile(path).catch(() => null);
  if (before && sha256(before) === sha256(data)) return;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, data);
}

/**
 * Removes everything from a folder but the wanted names.
 * @param {string} folder
 * @param {Iterable<string>} wanted names
 */
export async function keepOnly(folder, wanted) {
  const keep = new Set(wanted);
  for (const name of await readdir(folder).catch(() => [])) {
    if (!keep.has(name)) await rm(join(folder, name), { recursive: true });
  }
}
