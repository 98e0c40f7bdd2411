// @ts-nocheck: run by Node as it is
/** A headless Chromium for the tests of the screens, with a fresh profile, and a server of the sources. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { createServer, preview } from "vite";

export const WEB = fileURLToPath(new URL("..", import.meta.url));

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

/**
 * Opens a browser; `close` ends it and removes its profile.
 *
 * @param {{clip?: string, camera?: boolean, context?: object}} [options] `clip`: an MJPEG file for the fake camera
 */
export async function openBrowser({ clip, camera = true, context = {} } = {}) {
  const profile = mkdtempSync(join(tmpdir(), "emoar-browser-"));
  const flags = [...FLAGS];
  if (camera) flags.push("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream");
  if (clip) flags.push(`--use-file-for-fake-video-capture=${clip}`);
  const browser = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    args: flags,
    ...context,
  });
  const close = async () => {
    await browser.close();
    rmSync(profile, { recursive: true, force: true });
  };
  return { browser, close };
}

/** Serves the sources; `close` stops it. */
export async function serveSources() {
  const server = await createServer({ root: WEB, configFile: join(WEB, "vite.config.ts"), server: { port: 0, hmr: false, watch: null }, logLevel: "error" });
  await server.listen();
  const url = server.resolvedUrls.local[0];
  return { url, close: () => server.close() };
}

/** Serves the built app from a folder (default: what `npm run build` wrote), as `emoar serve` would; `close` stops it. */
export async function serveBuilt(folder = process.env.EMOAR_SITE ?? join(WEB, "dist")) {
  const server = await preview({ root: WEB, configFile: join(WEB, "vite.config.ts"), build: { outDir: folder }, preview: { port: 0 }, logLevel: "error" });
  return { url: server.resolvedUrls.local[0], close: () => server.close() };
}
