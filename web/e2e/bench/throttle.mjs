/**
 * A slower processor for a page. DevTools' own throttling (Emulation.setCPUThrottlingRate) slows the page's thread alone and
 * refuses workers, which is where the models run. So whole renderer processes are stopped and continued in turns: at a rate
 * of 4 they run a quarter of the time, with all their threads. What draws (the graphics process) keeps its speed, as with
 * DevTools.
 */

import { spawn } from "node:child_process";
import { join } from "node:path";

import { WEB } from "../../scripts/files.mjs";

const SCRIPT = join(WEB, "..", "scripts", "slow_down.py");
const FIND_EVERY_MS = 100;

/**
 * Slows the renderer processes of a browser, also those that start later, until the returned function is called.
 *
 * @param {import("playwright-core").BrowserContext} context @param {number} rate 1 leaves them as they are
 */
export async function throttle(context, rate) {
  if (rate <= 1) return async () => undefined;
  const browser = await /** @type {import("playwright-core").Browser} */ (context.browser()).newBrowserCDPSession();
  const slowing = spawn("python3", [SCRIPT, "--rate", String(rate)], { stdio: ["pipe", "inherit", "inherit"] });
  const ended = new Promise((resolve) => slowing.once("exit", resolve));
  let known = "";
  const find = async () => {
    const { processInfo } = await browser.send("SystemInfo.getProcessInfo");
    const ids = processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id).join(" ");
    if (ids !== known) slowing.stdin.write(`${(known = ids)}\n`);
  };
  await find();
  const timer = setInterval(() => void find().catch(() => undefined), FIND_EVERY_MS);
  return async () => {
    clearInterval(timer);
    slowing.stdin.end();
    await ended;
    await browser.detach();
  };
}
