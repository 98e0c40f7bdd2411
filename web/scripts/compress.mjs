/**
 * Writes compressed forms beside the files of the built app, for servers that send stored files: `.br` and `.gz`.
 *
 * Usage: node scripts/compress.mjs [FOLDER]      default: dist
 *
 * Results are kept by the content's hash, since the runtime alone takes half a minute of processor time.
 */

import { readdir, readFile } from "node:fs/promises";
import { extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

import { keepOnly, sha256, WEB, writeChanged } from "./files.mjs";

const KEPT = join(WEB, "node_modules", ".cache", "emoar-compressed");
const COMPRESSIBLE = new Set([".css", ".glb", ".html", ".js", ".json", ".svg", ".tflite", ".wasm", ".webmanifest"]);
const AT_LEAST_BYTES = 1024; // a smaller file fits into one packet as it is
/** A larger share of the plain form is not worth its place in every installation: some models lose only a sixth. */
const WORTHWHILE = 0.8;
/** Of brotli's 11 levels: the last takes twice the time for 3 % of the runtime. */
const BROTLI_LEVEL = 10;

/** @type {Record<string, (data: Uint8Array) => Promise<Uint8Array>>} */
const FORMS = {
  ".br": (data) =>
    promisify(brotliCompress)(data, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: BROTLI_LEVEL,
        [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
        [constants.BROTLI_PARAM_SIZE_HINT]: data.length,
      },
    }),
  ".gz": (data) => promisify(gzip)(data, { level: constants.Z_BEST_COMPRESSION }),
};

/**
 * Compresses every file of a folder for which that is worthwhile.
 *
 * @param {string} folder @param {string} [kept] folder of earlier results
 * @returns {Promise<string[]>} the files written, below the folder
 */
export async function compressFolder(folder, kept = KEPT) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile() && COMPRESSIBLE.has(extname(entry.name))).map((entry) => join(entry.parentPath, entry.name));
  const jobs = paths.flatMap((path) => Object.keys(FORMS).map((suffix) => ({ path, suffix })));
  const done = await Promise.all(jobs.map(({ path, suffix }) => compressFile(path, suffix, kept)));
  await keepOnly(kept, done.map(({ name }) => name));
  return done.filter(({ written }) => written).map(({ written }) => written.slice(folder.length + 1)).sort();
}

/** @param {string} path @param {string} suffix @param {string} kept */
async function compressFile(path, suffix, kept) {
  const data = await readFile(path);
  const name = `${sha256(data)}-${BROTLI_LEVEL}${suffix}`;
  if (data.length < AT_LEAST_BYTES) return { name, written: "" };
  const before = join(kept, name);
  const small = (await readFile(before).catch(() => null)) ?? (await FORMS[suffix](data));
  await writeChanged(before, small);
  if (small.length > WORTHWHILE * data.length) return { name, written: "" };
  await writeChanged(path + suffix, small);
  return { name, written: path + suffix };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const written = await compressFolder(resolve(process.argv[2] ?? join(WEB, "dist")));
  console.log(`compressed forms: ${written.length}`);
}
