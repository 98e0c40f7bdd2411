/** A static server for tests, with the headers of `emoar serve`; it records the requested paths. */

import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

/** @type {Record<string, string>} */
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".wasm": "application/wasm",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".glb": "model/gltf-binary",
  ".tflite": "application/octet-stream",
};

/**
 * Serves folders, each under its prefix.
 *
 * @param {Record<string, string>} folders for example { "/": "dist" }; the longest matching prefix applies
 * @param {{isolated?: boolean}} [options] isolated: cross-origin isolated, which threads need
 */
export async function serve(folders, { isolated = true } = {}) {
  /** @type {string[]} */
  const requests = [];
  const prefixes = Object.keys(folders).sort((a, b) => b.length - a.length);
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname);
    requests.push(path);
    const prefix = prefixes.find((one) => path.startsWith(one));
    const inside = normalize(path.slice((prefix ?? "/").length) || "index.html");
    const file = join(folders[prefix ?? "/"], inside);
    const found = !inside.startsWith("..") && (await stat(file).catch(() => null));
    if (!found || !found.isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      "Content-Type": TYPES[extname(file)] ?? "application/octet-stream",
      "Content-Length": found.size,
      "Cache-Control": "no-cache",
      ...(isolated && {
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Embedder-Policy": "require-corp",
      }),
    });
    createReadStream(file).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(null)));
  const address = server.address();
  if (!address || typeof address === "string") throw new Error("the test server has no port");
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${address.port}/`, requests, close };
}
