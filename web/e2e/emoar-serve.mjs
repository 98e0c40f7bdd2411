/** `emoar serve` on a free port with the built app in it: what the tests of the app talk to. */

import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";

import { WEB } from "../scripts/files.mjs";
import { OUT, python } from "./build.mjs";

const ROOT = join(WEB, "..");
const OWN = join(ROOT, ".venv", "bin", "python");
/** Variables of the tests: the server refuses names that are not its settings. */
const OF_TESTS = new Set(["EMOAR_SITE", "EMOAR_SHOTS"]);
const LEFT_OUT = new Set(["web_app", "__pycache__", "training"]);
const PACKAGE = join(ROOT, "src", "emoar");

const CERTIFICATE = `
import sys, trustme
certificate = trustme.CA().issue_cert("localhost", "127.0.0.1")
certificate.private_key_and_cert_chain_pem.write_to_path(sys.argv[1] + "/cert.pem")
certificate.private_key_pem.write_to_path(sys.argv[1] + "/key.pem")
`;

/**
 * Starts the server with one worker; `close` ends it.
 *
 * @param {string} [built] folder of a built app: default, what `npm run build` wrote
 * @param {{tls?: boolean, keys?: boolean, federated?: string}} [options] tls: with a new certificate, which a browser does not
 *   know; keys: with one API key, which is required and given as `key`; federated: folder of a gateway of browsers
 */
export async function emoarServe(built = process.env.EMOAR_SITE ?? join(WEB, "dist"), { tls = false, keys = false, federated = "" } = {}) {
  if (!existsSync(join(built, "index.html"))) throw new Error(`${built} has no built app; run: npm run build`);
  const path = packageWith(built);
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !OF_TESTS.has(name)));
  const args = ["-m", "emoar", "serve", "--port", "0", "--workers", "1"];
  if (tls) {
    python(["-c", CERTIFICATE, path]);
    args.push("--tls-certificate", join(path, "cert.pem"), "--tls-key", join(path, "key.pem"));
  }
  if (federated) args.push("--federated", federated);
  let key = "";
  if (keys) {
    const file = join(path, "keys.json");
    key = python(["-m", "emoar", "keys", "create", "e2e", "--file", file]).trim();
    Object.assign(env, { EMOAR_KEYS_FILE: file, EMOAR_REQUIRE_KEYS: "true" });
  }
  const child = spawn(existsSync(OWN) ? OWN : "python3", args, { env: { ...env, PYTHONPATH: path }, cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const close = async () => {
    child.kill("SIGTERM");
    await ended;
    rmSync(path, { recursive: true, force: true });
  };
  try {
    return { url: await address(child), key, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A folder for PYTHONPATH: a copy of this checkout's package, with the app in it as `emoar web build` would put it there. @param {string} built */
function packageWith(built) {
  mkdirSync(OUT, { recursive: true });
  const path = mkdtempSync(join(OUT, "package-"));
  const target = join(path, "emoar");
  cpSync(PACKAGE, target, { recursive: true, filter: (source) => !LEFT_OUT.has(basename(source)) });
  const install = "import sys; from pathlib import Path; from emoar.web_build import package_app; package_app(*map(Path, sys.argv[1:]))";
  python(["-c", install, built, join(target, "web_app")]);
  return path;
}

/** @param {import("node:child_process").ChildProcessByStdio<null, import("node:stream").Readable, import("node:stream").Readable>} child @returns {Promise<string>} */
function address(child) {
  /** @type {string[]} */
  const lines = [];
  return new Promise((resolve, reject) => {
    for (const input of [child.stdout, child.stderr]) {
      createInterface({ input }).on("line", (line) => {
        lines.push(line);
        const found = /listens on (https?:\/\/[\d.]+:\d+)/.exec(line);
        if (found) resolve(`${found[1]}/`);
      });
    }
    child.once("exit", (code) => reject(new Error(`emoar serve ended with ${code}:\n${lines.join("\n")}`)));
  });
}

/** Waits until the server can recognise pictures. @param {string} url */
export async function ready(url) {
  for (let i = 0; i < 240; i++) {
    if (await fetch(`${url}readyz`).then(({ ok }) => ok, () => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error("the server's worker did not start in two minutes");
}
