/** A TCP relay in front of a server: counts the bytes that a browser gets, by whatever part of it, and lists its requests. */

import { connect, createServer } from "node:net";

/** @param {string} url of the server */
export async function meter(url) {
  const { hostname, port } = new URL(url);
  const seen = { bytes: 0, requests: /** @type {string[]} */ ([]) };
  /** @type {Set<import("node:net").Socket>} */
  const open = new Set();
  const relay = createServer((browser) => {
    const server = connect(Number(port), hostname);
    for (const [one, other] of [[browser, server], [server, browser]]) {
      open.add(one);
      one.on("error", () => other.destroy());
      one.on("close", () => open.delete(one));
      one.pipe(other);
    }
    browser.on("data", (data) => {
      const heads = data.toString("latin1").matchAll(/^(?:GET|HEAD|POST) (\S+) HTTP\/1\.1\r$/gm);
      for (const [, path] of heads) seen.requests.push(path);
    });
    server.on("data", (data) => (seen.bytes += data.length));
  });
  await new Promise((resolve) => relay.listen(0, "127.0.0.1", () => resolve(null)));
  const address = relay.address();
  if (!address || typeof address === "string") throw new Error("the relay has no port");
  const close = () => {
    relay.close();
    for (const socket of open) socket.destroy();
  };
  return { url: `http://127.0.0.1:${address.port}/`, seen, close };
}
