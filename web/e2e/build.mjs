/** Inputs of the browser tests: the models, the built engine, the pictures and the clip; made when they are missing. */

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { build } from "vite";

import { WEB } from "../scripts/files.mjs";

export const OUT = join(WEB, "e2e", "out");
const ROOT = join(WEB, "..");

/** @param {string[]} args */
export function python(args) {
  const own = join(ROOT, ".venv", "bin", "python");
  const env = { ...process.env, PYTHONPATH: join(ROOT, "src") };
  return execFileSync(existsSync(own) ? own : "python3", args, { env, cwd: ROOT, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
}

/** Builds the engine page; returns its folder. */
export async function builtEngine() {
  for (const script of ["copy-models.mjs", "copy-runtime.mjs"]) {
    execFileSync("node", [join(WEB, "scripts", script)], { stdio: "inherit", env: { ...process.env, PYTHONPATH: join(ROOT, "src") } });
  }
  await build({ configFile: join(WEB, "e2e", "engine", "vite.config.ts"), logLevel: "warn" });
  return join(OUT, "engine");
}

/** Writes the pictures whose numbers are in tests/golden/; returns their folder. */
export function goldenPictures() {
  const folder = join(OUT, "golden");
  python([join("scripts", "write_golden.py"), "--no-numbers", "--pictures", folder]);
  return folder;
}

/** The clip for the fake camera and what Python finds in it; made once, since it takes half a minute. */
export function cameraClip() {
  const folder = join(OUT, "clip");
  if (!existsSync(join(folder, "clip.json"))) python([join("scripts", "write_clip.py"), folder]);
  return { path: join(folder, "clip.mjpeg"), truth: JSON.parse(readFileSync(join(folder, "clip.json"), "utf8")) };
}

/** @typedef {{x_px: number, y_px: number, face_px: number, inside: number}} Place of the one face in a frame; inside: the share of it in the picture */

/** Clips of one person in situations that cameras meet, and the true places; NAME.mjpeg is in the folder, and the photo alone.jpg. */
export function situations() {
  const folder = join(OUT, "situations");
  if (!existsSync(join(folder, "situations.json"))) python([join("scripts", "write_situations.py"), folder]);
  /** @type {{fps: number, clips: Record<string, Place[]>}} */
  const { fps, clips } = JSON.parse(readFileSync(join(folder, "situations.json"), "utf8"));
  return { folder, fps, clips };
}
