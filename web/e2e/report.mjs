/** A table of measurements, each with its limit and verdict. */

import { loadavg, cpus } from "node:os";

export class Report {
  /** @type {Record<string, {value: string, limit: string, verdict: string}>} */
  #rows = {};
  /** @type {string[]} */
  #problems = [];
  /** @type {Set<string>} */
  #foreign = new Set();

  /** Records errors of the page and requests to other origins as problems. @param {import("playwright-core").Page} page @param {string} url */
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
   * @param {{timed?: boolean, never?: boolean}} [options] timed: a miss on a busy machine is skipped; never: on any machine
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

  /** Prints the table; ends the process with an error if a check has failed. */
  finish() {
    this.check("requests that leave the origin", this.#foreign.size, "<=", 0);
    console.table(this.#rows);
    if (this.#problems.length === 0) return;
    console.error([...this.#problems, ...this.#foreign].join("\n"));
    process.exit(1);
  }
}

/** Whether other programs need the processor: the test itself (browser, camera, worker) adds a load of about two. */
export function machineIsBusy() {
  return loadavg()[0] > cpus().length + 2;
}
