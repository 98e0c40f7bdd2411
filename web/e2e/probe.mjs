/** Observes the running app from outside: messages of its worker, drawing times, three.js objects and memory. */

/** @typedef {{atMs: number, delayMs: number, shownMs: number, totalMs: number, ids: number[], boxes: number[][]}} SceneSeen */

/** Runs in the page before the app: listens to its workers and to the renderers that it makes. */
export function listen() {
  const probe = { scenes: /** @type {any[]} */ ([]), gapsMs: /** @type {number[]} */ ([]), restingMs: /** @type {number[]} */ ([]), workers: /** @type {Worker[]} */ ([]), renderers: /** @type {any[]} */ ([]) };
  Object.assign(window, { probe });
  const devtools = new EventTarget(); // three.js announces each renderer on it
  devtools.addEventListener("observe", (event) => {
    const { detail } = /** @type {CustomEvent} */ (event);
    if (detail.isWebGLRenderer) probe.renderers.push(detail);
  });
  Object.assign(window, { __THREE_DEVTOOLS__: devtools });
  const Original = window.Worker;
  window.Worker = class extends Original {
    /** @param {string | URL} url @param {WorkerOptions} [options] */
    constructor(url, options) {
      super(url, options);
      probe.workers.push(this);
      this.addEventListener("message", ({ data }) => {
        if (data.kind !== "frame") return;
        if (!data.scene) return void probe.restingMs.push(performance.now());
        const { faces, timeS, timingsMs } = data.scene;
        const seen = { ids: faces.map((/** @type {any} */ face) => face.trackId), boxes: faces.map((/** @type {any} */ face) => [...face.boxXyxyPx]) };
        const scene = { atMs: performance.now(), delayMs: performance.now() - 1000 * timeS, shownMs: NaN, totalMs: timingsMs.total, ...seen };
        probe.scenes.push(scene);
        // a message that is sent in an animation frame arrives when that frame has been drawn and given to the display
        requestAnimationFrame(() => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => (scene.shownMs = performance.now() - 1000 * timeS);
          port2.postMessage(null);
        });
      });
    }
  };
  let last = performance.now();
  const tick = () => {
    const now = performance.now();
    probe.gapsMs.push(now - last);
    last = now;
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
}

/**
 * The scenes and the gaps between drawn frames in so many seconds.
 *
 * @param {import("playwright-core").Page} page @param {number} seconds
 * @returns {Promise<{scenes: SceneSeen[], gapsMs: number[], resting: number, seconds: number}>} resting: frames that were shown without being inferred
 */
export async function observe(page, seconds) {
  return page.evaluate(async (length) => {
    const { probe } = /** @type {any} */ (window);
    probe.scenes.length = probe.gapsMs.length = probe.restingMs.length = 0;
    const started = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 1000 * length));
    return { scenes: [...probe.scenes], gapsMs: [...probe.gapsMs], resting: probe.restingMs.length, seconds: (performance.now() - started) / 1000 };
  }, seconds);
}

/**
 * Memory after a forced garbage collection.
 *
 * @param {import("playwright-core").Page} page
 */
export async function held(page) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("HeapProfiler.enable");
  await devtools.send("HeapProfiler.collectGarbage");
  await devtools.send("HeapProfiler.collectGarbage"); // the first may make more objects collectable
  const heap = await devtools.send("Runtime.getHeapUsage");
  await devtools.detach();
  const inside = await page.evaluate(stateInside);
  return { heapBytes: heap.usedSize, ...inside };
}

/** Runs in the page. */
async function stateInside() {
  const { probe } = /** @type {any} */ (window);
  probe.scenes.length = probe.gapsMs.length = probe.restingMs.length = 0; // lists of this probe
  const worker = /** @type {Worker} */ (probe.workers.at(-1));
  const call = -1; // an id that the app does not use
  const answer = new Promise((resolve) => {
    worker.addEventListener("message", function take({ data }) {
      if (data.kind !== "state" || data.call !== call) return;
      worker.removeEventListener("message", take);
      resolve(data.state);
    });
  });
  worker.postMessage({ kind: "state", call });
  const { tensors, heapBytes } = /** @type {{tensors: number, heapBytes: number}} */ (await answer);
  const { geometries, textures } = probe.renderers.at(-1).info.memory;
  return { tensors, wasmBytes: heapBytes, geometries, textures };
}
