/** A headless Chromium with a fresh profile, with or without a clip as its camera. */

import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { chromium } from "playwright-core";

export const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** Timeout of every wait in a test; long, so that a busy machine fails no test. */
const PATIENCE_MS = 120_000;

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--enable-unsafe-swiftshader",
];

/** A message if no browser is installed, else null. */
export function missingBrowser() {
  return existsSync(CHROMIUM) ? null : `no browser at ${CHROMIUM}; on Debian: apt-get install chromium, or set CHROMIUM`;
}

/**
 * @param {{clip?: string, camera?: "allowed" | "denied" | "none", flags?: string[], options?: object}} [options] clip: an MJPEG file
 */
export async function openBrowser({ clip, camera = "allowed", flags = [], options = {} } = {}) {
  const profile = await mkdtemp(join(tmpdir(), "emoar-e2e-"));
  const cameraFlags = camera === "none" ? [] : ["--use-fake-device-for-media-stream"];
  if (camera === "allowed") cameraFlags.push("--use-fake-ui-for-media-stream");
  if (clip) cameraFlags.push(`--use-file-for-fake-video-capture=${clip}`);
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: CHROMIUM,
    headless: true,
    args: [...FLAGS, ...cameraFlags, ...flags],
    ...options,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const close = async () => {
    await context.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  return { context, close };
}
