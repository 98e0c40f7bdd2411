import { svelte } from "@sveltejs/vite-plugin-svelte";
import { VitePWA } from "vite-plugin-pwa";
import { defineConfig } from "vitest/config";

// `emoar serve` sets these headers too; with them the page is cross-origin isolated, which WASM threads need.
const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

export default defineConfig({
  base: "./", // any folder of any static host
  plugins: [
    svelte(),
    VitePWA({
      registerType: "prompt", // a new version waits until the visitor wants it
      injectRegister: false,
      includeAssets: ["icons/icon.svg"],
      includeManifestIcons: false, // the browser fetches one of them if the app is installed
      manifest: {
        name: "EmoAR",
        short_name: "EmoAR",
        description: "Expressions recognised live on your own device, and dressed in what fits them.",
        display: "standalone",
        start_url: "./",
        scope: "./",
        background_color: "#10161d",
        theme_color: "#10161d",
        icons: [
          { src: "icons/icon.svg", sizes: "any", type: "image/svg+xml", purpose: "any" },
          { src: "icons/icon-192.png", sizes: "192x192", type: "image/png", purpose: "any" },
          { src: "icons/icon-512.png", sizes: "512x512", type: "image/png", purpose: "any" },
          { src: "icons/icon-maskable-512.png", sizes: "512x512", type: "image/png", purpose: "maskable" },
        ],
      },
      workbox: {
        globPatterns: ["**/*.{js,css,html,svg,glb,json,woff2}"],
        globIgnores: ["wasm/*/*", "overlay.html"], // the latter is of no use without its server
        clientsClaim: true, // so that the first visit is enough for the next one without a network
        maximumFileSizeToCacheInBytes: 3_000_000,
        // The app is one page: the worker answers for that page alone, with any query, and leaves the other addresses
        // of its host (such as /docs and /metrics of `emoar serve`) to the network.
        navigateFallback: null,
        ignoreURLParametersMatching: [/./],
        runtimeCaching: [
          {
            // Their names change with their content, so what is cached is right forever; src/cache.ts fills this. The
            // ones that a device does not need (the other model, other builds of the runtime) are never fetched.
            urlPattern: /\/(models|wasm)\/.*\.(tflite|wasm|js)$/,
            handler: "CacheFirst",
            options: { cacheName: "models-and-runtime", cacheableResponse: { statuses: [200] } },
          },
        ],
      },
    }),
  ],
  worker: { format: "iife" }, // the runtime's loader calls importScripts, which module workers lack
  build: {
    target: "es2022",
    outDir: "dist",
    emptyOutDir: true,
    chunkSizeWarningLimit: 1200, // in kB: three.js is 700 of them
    rolldownOptions: { input: ["index.html", "overlay.html"], checks: { pluginTimings: false } },
  },
  server: { headers: isolation },
  preview: { headers: isolation },
  test: { include: ["src/**/*.test.ts", "scripts/**/*.test.ts"], environment: "node", testTimeout: 60_000 },
});
