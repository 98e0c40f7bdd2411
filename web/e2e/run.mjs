/**
 * Every browser test, one after the other. Usage: node e2e/run.mjs [--untimed] [NAME…]
 *
 * --untimed checks no speed: on a machine that does other work, speed depends on that work.
 *
 * Without a browser it names what it skips; with REQUIRE_BROWSER set, that is an error.
 */

import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";

import { WEB } from "../scripts/files.mjs";
import { missingBrowser } from "./browser.mjs";

const OWN = ["golden.mjs", "clip.mjs", "situations.mjs", "camera.mjs", "threads.mjs", "live.mjs", "live-dressed.mjs", "app.mjs", "overlay-page.mjs", "android.mjs"];
const TIMED = new Set(["live-dressed.mjs"]);
/** Shorter where no speed is checked. */
const UNTIMED = { "live.mjs": ["--untimed", "--seconds", "10", "--memory-minutes", "0.5"] };
const HELPERS = new Set(["ui-browser.mjs"]);
const screens = readdirSync(join(WEB, "e2e")).filter((name) => /^ui-.*\.mjs$/.test(name) && !HELPERS.has(name));
const given = process.argv.slice(2);
const untimed = given.includes("--untimed");
const wanted = given.filter((word) => !word.startsWith("--"));
const tests = [...OWN, ...screens.sort()]
  .filter((name) => wanted.length === 0 || wanted.includes(name.replace(".mjs", "")))
  .filter((name) => !untimed || !TIMED.has(name));

const missing = missingBrowser();
if (missing) {
  console.error(`skipped: ${tests.join(", ")} (${missing})`);
  process.exit(process.env.REQUIRE_BROWSER ? 1 : 0);
}
const failed = tests.filter((name) => {
  console.log(`\n${name}`);
  const options = (untimed && UNTIMED[/** @type {keyof typeof UNTIMED} */ (name)]) || [];
  return spawnSync("node", [join(WEB, "e2e", name), ...options], { stdio: "inherit", cwd: WEB }).status !== 0;
});
if (failed.length > 0) {
  console.error(`\nfailed: ${failed.join(", ")}`);
  process.exit(1);
}
console.log(`\n${tests.length} browser tests passed`);
