import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The engine of the app, built as the app is, with a page that has no screens. */
export default defineConfig({
  root: here("."),
  base: "./",
  publicDir: here("../../public"),
  worker: { format: "iife" },
  build: { target: "es2022", outDir: here("../out/engine"), emptyOutDir: true, chunkSizeWarningLimit: 1200, rolldownOptions: { checks: { pluginTimings: false } } },
});
