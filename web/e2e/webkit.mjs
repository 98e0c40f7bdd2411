/**
 * WebKit, the engine of Safari and of every browser on an iPhone, as Debian's WebKitGTK has it, on a display without a
 * screen. Its driver speaks the WebDriver protocol (W3C); a page has the methods of Playwright's that the tests use.
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const DRIVER = process.env.WEBKIT_DRIVER ?? "/usr/bin/WebKitWebDriver";
const DISPLAY_SERVER = "/usr/bin/Xvfb";
const PATIENCE_MS = 120_000;
const POLL_MS = 100;
/** The window has a toolbar, which is wider than a phone unless its parts may shrink. */
const TOOLBAR_CSS = "* { min-width: 0; min-height: 0; padding: 0; margin: 0; border: none }";

/** A message if WebKit is not installed, else null. */
export function missingWebkit() {
  const missing = [DRIVER, DISPLAY_SERVER].filter((path) => !existsSync(path));
  return missing.length > 0 ? `no ${missing.join(", ")}; on Debian: apt-get install webkit2gtk-driver xvfb` : null;
}

/** Opens a window with a fresh profile; `close` ends all of it. */
export async function openWebkit() {
  const display = spawn(DISPLAY_SERVER, ["-displayfd", "1", "-screen", "0", "1400x1000x24", "-nolisten", "tcp"], { stdio: ["ignore", "pipe", "ignore"] });
  const number = String((await once(display.stdout, "data"))[0]).trim();
  const port = await freePort();
  const profile = await mkdtemp(join(tmpdir(), "emoar-e2e-"));
  await mkdir(join(profile, "gtk-3.0"));
  await writeFile(join(profile, "gtk-3.0", "gtk.css"), TOOLBAR_CSS);
  const folders = Object.fromEntries(["CONFIG", "DATA", "CACHE", "STATE"].map((one) => [`XDG_${one}_HOME`, profile]));
  const env = { ...process.env, ...folders, DISPLAY: `:${number}`, LIBGL_ALWAYS_SOFTWARE: "1" };
  const driver = spawn(DRIVER, [`--port=${port}`], { env, stdio: "ignore" });
  const end = async () => {
    for (const child of [driver, display]) {
      child.kill();
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    }
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const send = sender(`http://127.0.0.1:${port}`);
    await until(() => send("GET", "/status"));
    const options = { args: ["--automation", "--enable-media-stream=true"] };
    const { sessionId } = await send("POST", "/session", { capabilities: { alwaysMatch: { "webkitgtk:browserOptions": options } } });
    await send("POST", `/session/${sessionId}/timeouts`, { script: PATIENCE_MS, pageLoad: PATIENCE_MS });
    const page = new Page((method, path, body) => send(method, `/session/${sessionId}${path}`, body));
    const close = async () => {
      await send("DELETE", `/session/${sessionId}`).catch(() => undefined);
      await end();
    };
    return { page, close };
  } catch (error) {
    await end();
    throw error;
  }
}

/** A page, by its driver's commands. */
class Page {
  #send;

  /** @param {(method: string, path: string, body?: object) => Promise<any>} send */
  constructor(send) {
    this.#send = send;
  }

  /** @param {string} url */
  async goto(url) {
    await this.#send("POST", "/url", { url });
  }

  /** The result of a function that runs in the page; it may be asynchronous. @param {Function | string} run @param {unknown} [given] */
  async evaluate(run, given) {
    const script = `const [given, done] = arguments; (async () => (${run})(given))().then((value) => done({ value }), (error) => done({ error: String(error) }));`;
    const { value, error } = await this.#send("POST", "/execute/async", { script, args: [given ?? null] });
    if (error) throw new Error(error);
    return value;
  }

  /** Waits until a function in the page returns something true, and returns it. @param {Function} run @param {unknown} [given] */
  waitForFunction(run, given) {
    return until(() => this.evaluate(run, given), PATIENCE_MS, String(run));
  }

  /** Clicks an element as a person does, when it is there. @param {string} selector */
  async click(selector) {
    const found = await until(() => this.#send("POST", "/element", { using: "css selector", value: selector }), PATIENCE_MS, selector);
    await this.#send("POST", `/element/${Object.values(found)[0]}/click`, {});
  }

  /** Gives the page, not its window, a size. @param {{width: number, height: number}} size */
  async setViewportSize({ width, height }) {
    const frame = await this.evaluate(() => ({ width: outerWidth - innerWidth, height: outerHeight - innerHeight }));
    await this.#send("POST", "/window/rect", { width: width + frame.width, height: height + frame.height });
    await this.waitForFunction((/** @type {number} */ wanted) => innerWidth === wanted, width);
  }

  /** @param {string} path */
  async screenshot(path) {
    await writeFile(path, Buffer.from(await this.#send("GET", "/screenshot"), "base64"));
  }
}

/** Sends a command of the protocol and returns its value. @param {string} base */
function sender(base) {
  return async (/** @type {string} */ method, /** @type {string} */ path, /** @type {object | undefined} */ body = undefined) => {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(base + path, { method, headers, body: body ? JSON.stringify(body) : null });
    const { value } = await answer.json();
    if (!answer.ok) throw new Error(`${value.error}: ${value.message}`);
    return value;
  };
}

/** Asks until the answer is true and no error. @template T @param {() => Promise<T>} ask @param {number} [patienceMs] @param {string} [what] @returns {Promise<T>} */
async function until(ask, patienceMs = PATIENCE_MS, what = String(ask)) {
  const end = Date.now() + patienceMs;
  for (;;) {
    const answer = await ask().catch((/** @type {Error} */ error) => error);
    if (answer && !(answer instanceof Error)) return answer;
    if (Date.now() > end) throw new Error(`not in ${patienceMs} ms: ${what}`, { cause: answer });
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** A port that nobody listens on. @returns {Promise<number>} */
async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = /** @type {import("node:net").AddressInfo} */ (server.address());
  server.close();
  await once(server, "close");
  return address.port;
}
