// Human on pictures: reads RGB pictures from stdin, writes one JSON line for each with its emotions, or null.
// node _human_faces.mjs NODE_MODULES WIDTH HEIGHT
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, normalize } from "node:path";

const [modules, width, height] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const require = createRequire(join(modules, "index.js"));
const models = join(modules, "@vladmandic/human/models");
const wasm = join(modules, "@tensorflow/tfjs-backend-wasm/dist/");

// Node fetches no files: Human gets its models from this server.
const server = createServer((request, response) => {
  readFile(join(models, normalize(new URL(request.url, "http://localhost").pathname))).then(
    (content) => response.end(content),
    () => response.writeHead(404).end(),
  );
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));

const { Human } = require(join(modules, "@vladmandic/human/dist/human.node-wasm.js"));
const off = { enabled: false };
const human = new Human({
  backend: "wasm",
  wasmPath: wasm,
  wasmPlatformFetch: false,
  modelBasePath: `http://127.0.0.1:${server.address().port}/`,
  cacheSensitivity: 0,
  debug: false,
  filter: off,
  body: off,
  hand: off,
  object: off,
  gesture: off,
  segmentation: off,
  face: { enabled: true, iris: off, description: off, antispoof: off, liveness: off, emotion: { enabled: true, minConfidence: 0 } },
});
await human.load();

const size = width * height * 3;
let rest = Buffer.alloc(0);
for await (const chunk of process.stdin) {
  rest = Buffer.concat([rest, chunk]);
  while (rest.length >= size) {
    const picture = human.tf.tensor(Uint8Array.from(rest.subarray(0, size)), [1, height, width, 3], "int32");
    rest = rest.subarray(size);
    const result = await human.detect(picture);
    human.tf.dispose(picture);
    const face = result.face[0];
    const emotions = face?.emotion ? Object.fromEntries(face.emotion.map(({ emotion, score }) => [emotion, score])) : null;
    process.stdout.write(`${JSON.stringify(result.error ? { error: String(result.error) } : emotions)}\n`);
  }
}
server.close();
process.exit(0);
