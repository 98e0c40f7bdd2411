/**
 * Copies the models that the browser can use to public/models/, under names that change with their content.
 *
 * Usage: node scripts/copy-models.mjs      runs the Python in $PYTHON_WITH_EMOAR, else in ../.venv, else `python3`
 */

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

import { keepOnly, PUBLIC, sha256, WEB, writeChanged } from "./files.mjs";

/** @typedef {{name: string, state: string, path: string, bytes: number, sha256: string, licence: string, author: string, purpose: string, balanced: Record<string, number>, accuracy: Record<string, number>, decision: Record<string, object>}} Listed */

const FOLDER = join(PUBLIC, "models");
/** Of those that `emoar models list` knows. */
const USED = new Set(["face_detection_short_range", "face_detection_full_range_sparse", "face_landmark", "emoar-s", "emoar-m"]);

/** @returns {Promise<Listed[]>} */
async function listed() {
  const own = join(WEB, "..", ".venv", "bin", "python");
  const python = process.env.PYTHON_WITH_EMOAR ?? (existsSync(own) ? own : "python3");
  const { stdout } = await promisify(execFile)(python, ["-m", "emoar", "models", "list", "--json"]);
  return JSON.parse(stdout);
}

const models = (await listed()).filter(({ name }) => USED.has(name));
const missing = models.filter((model) => model.state !== "ok");
if (missing.length > 0) {
  console.error(`${missing.map((model) => `${model.name} is ${model.state}`).join(", ")}; run: emoar models pull`);
  process.exit(1);
}
/** @type {Record<string, object>} */
const manifest = {};
const names = ["manifest.json"];
for (const { name, path, bytes, sha256: hash, licence, author, purpose, balanced, accuracy, decision } of models) {
  const data = await readFile(path);
  if (sha256(data) !== hash) throw new Error(`${path} has other bytes than it should; run: emoar models verify`);
  const file = `${name}.${hash.slice(0, 12)}.tflite`;
  await writeChanged(join(FOLDER, file), data);
  manifest[name] = { file, bytes, sha256: hash, licence, author, purpose, balanced, accuracy, decision };
  names.push(file);
}
await writeChanged(join(FOLDER, "manifest.json"), JSON.stringify({ models: manifest }, null, 1) + "\n");
await keepOnly(FOLDER, names);
