/** Inputs of the browser tests: the models, the built engine, the pictures and the clip; made when they are missing. */

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

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

/** Runs a script that writes the file last, unless the file is there and newer than the script. @param {string} file @param {string} script @param {string[]} args */
function makeOnce(file, script, ...args) {
  const fresh = existsSync(file) && statSync(file).mtimeMs > statSync(join(ROOT, "scripts", script)).mtimeMs;
  if (!fresh) python([join("scripts", script), ...args]);
}

/** The clip for the fake camera and what Python finds in it; made once, since it takes half a minute. */
export function cameraClip(widthPx = 640) {
  const folder = join(OUT, widthPx === 640 ? "clip" : `clip-${widthPx}`);
  makeOnce(join(folder, "clip.json"), "write_clip.py", folder, "--width", String(widthPx));
  return { path: join(folder, "clip.mjpeg"), truth: JSON.parse(readFileSync(join(folder, "clip.json"), "utf8")) };
}

/** Frames of the clip in which one of the two people is outside. */
const ALONE = { from: 190, to: 230 };

/** A clip with one of the two people, cut from the clip with both: an MJPEG file is a sequence of JPEG files. */
export function clipOfOne(widthPx = 640) {
  const clip = cameraClip(widthPx);
  const frames = framesOf(clip.path);
  const alone = frames.slice(ALONE.from, ALONE.to);
  if (clip.truth.frames.slice(ALONE.from, ALONE.to).some((/** @type {any} */ { truth }) => truth.hopper.visible)) throw new Error("two people in the clip of one");
  const path = join(dirname(clip.path), "one.mjpeg");
  writeFileSync(path, Buffer.concat([...alone, ...alone.toReversed()]));
  return path;
}

/** A clip in which nothing moves: a frame of the clip of one person, twice. */
export function stillClip(widthPx = 640) {
  const moving = clipOfOne(widthPx);
  const [frame] = framesOf(moving);
  const path = join(dirname(moving), "still.mjpeg");
  writeFileSync(path, Buffer.concat([frame, frame]));
  return path;
}

/** @param {string} path an MJPEG file */
function framesOf(path) {
  const bytes = readFileSync(path);
  /** @type {number[]} */
  const starts = [];
  for (let at = bytes.indexOf("ffd8ff", 0, "hex"); at >= 0; at = bytes.indexOf("ffd8ff", at + 3, "hex")) starts.push(at);
  return starts.map((start, i) => bytes.subarray(start, starts[i + 1]));
}

/** @typedef {{x_px: number, y_px: number, face_px: number, inside: number}} Place of the one face in a frame; inside: the share of it in the picture */

/** Clips of one person in situations that cameras meet, and the true places; NAME.mjpeg is in the folder. */
export function situations() {
  const folder = join(OUT, "situations");
  makeOnce(join(folder, "situations.json"), "write_situations.py", folder);
  /** @type {{fps: number, clips: Record<string, Place[]>}} */
  const { fps, clips } = JSON.parse(readFileSync(join(folder, "situations.json"), "utf8"));
  return { folder, fps, clips };
}
