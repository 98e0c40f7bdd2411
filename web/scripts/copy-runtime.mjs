/** Copies the builds of the runtime that the app uses to public/wasm/, in a folder whose name changes with them. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { keepOnly, PUBLIC, sha256, WEB, writeChanged } from "./files.mjs";

// one thread, several threads, and for browsers without relaxed SIMD
const BUILDS = ["litert_wasm_internal", "litert_wasm_threaded_internal", "litert_wasm_compat_internal"];
const FOLDER = join(PUBLIC, "wasm");
const SOURCE = join(WEB, "node_modules", "@litertjs", "core");

const { version } = JSON.parse(await readFile(join(SOURCE, "package.json"), "utf8"));
const names = BUILDS.flatMap((build) => [`${build}.js`, `${build}.wasm`]);
const contents = await Promise.all(names.map((name) => readFile(join(SOURCE, "wasm", name))));
const folder = `${version}-${sha256(contents.map(sha256).join()).slice(0, 8)}`;
await Promise.all(names.map((name, i) => writeChanged(join(FOLDER, folder, name), contents[i])));
const files = Object.fromEntries(names.map((name, i) => [name, contents[i].length]));
await writeChanged(join(FOLDER, "manifest.json"), JSON.stringify({ version, folder, files }, null, 1) + "\n");
await keepOnly(FOLDER, ["manifest.json", folder]);
