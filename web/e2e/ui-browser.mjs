// @ts-nocheck: run by Node as it is
/** The browser of the tests of the screens, and servers of the sources and, in `emoar serve`, of the built app. */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createServer } from "vite";

import { openBrowser as open } from "./browser.mjs";

export { emoarServe as serveBuilt } from "./emoar-serve.mjs";

export const WEB = fileURLToPath(new URL("..", import.meta.url));

/**
 * Opens a browser; `close` ends it and removes its profile.
 *
 * @param {{clip?: string, camera?: boolean, context?: object}} [options] `clip`: an MJPEG file for the fake camera
 */
export async function openBrowser({ clip, camera = true, context = {} } = {}) {
  const opened = await open({ clip, camera: camera ? "allowed" : "none", options: context });
  return { browser: opened.context, close: opened.close };
}

/** Serves the sources; `close` stops it. */
export async function serveSources() {
  const server = await createServer({ root: WEB, configFile: join(WEB, "vite.config.ts"), server: { port: 0, hmr: false, watch: null }, logLevel: "error" });
  await server.listen();
  const url = server.resolvedUrls.local[0];
  return { url, close: () => server.close() };
}
