/** A table of measurements, each with its limit and verdict. */

import { loadavg, cpus } from "node:os";

export class Report {
  /** @type {Record<string, {value: string, limit: string, verdict: string}>} */
  #rows = {};
  /** @type {string[]} */
  #problems = [];
  /** @type {Set<string>} */
  #foreign = new Set();

  /** Errors of the page count, and so do requests to anywhere else. @param {import("playwright-core").Page} page @param {string} url */
  watch(page, url) {
    const { origin } = new URL(url);
    page.on("pageerror", (error) => this.#problems.push(`page: ${error.message}`));
    page.on("console", (message) => {
      if (message.type() === "error") this.#problems.push(`console: ${message.text()}`);
    });
    page.context().on("request", (request) => {
      const to = request.url();
      if (!to.startsWith(origin) && !/^(blob|data):/.test(to)) this.#foreign.add(to);
    });
  }

  /** @param {string} what @param {string} value */
  note(what, value) {
    this.#rows[what] = { value, limit: "", verdict: "" };
  }

  /**
   * @param {string} what @param {number} value @param {"<=" | ">="} how @param {number} limit @param {string} [unit]
   * @param {{timed?: boolean, never?: boolean}} [options] timed: a busy machine is no fault of the app's; never: nor any
   */
  check(what, value, how, limit, unit = "", { timed = false, never = false } = {}) {
    const right = how === "<=" ? value <= limit : value >= limit;
    const excused = !right && timed && (never || machineIsBusy());
    const verdict = right ? "ok" : excused ? "skipped: busy machine" : "MISSED";
    this.#rows[what] = { value: `${Number(value.toFixed(2))} ${unit}`, limit: `${how} ${limit}`, verdict };
    if (!right && !excused) this.#problems.push(`${what}: ${value} ${unit}, which should be ${how} ${limit}`);
  }

  /** @param {string} what @param {unknown} value @param {string} wanted */
  equal(what, value, wanted) {
    this.#rows[what] = { value: String(value), limit: wanted, verdict: value === wanted ? "ok" : "MISSED" };
    if (value !== wanted) this.#problems.push(`${what}: ${String(value)}, which should be ${wanted}`);
  }

  /** Prints the table and ends the process if something is not as it should be. */
  finish() {
    this.check("requests that leave the origin", this.#foreign.size, "<=", 0);
    console.table(this.#rows);
    if (this.#problems.length === 0) return;
    console.error([...this.#problems, ...this.#foreign].join("\n"));
    process.exit(1);
  }
}

/** Others want more than the test leaves: a browser, its camera and its worker are about two. */
export function machineIsBusy() {
  return loadavg()[0] > cpus().length + 2;
}
