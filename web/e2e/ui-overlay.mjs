// @ts-nocheck: run by Node as it is
/**
 * Pixels of the overlay: a 3D hat's far rim hides behind the head, text is not mirrored, every overlay shows something,
 * nothing leaks, and a lost canvas comes back. `node e2e/ui-overlay.mjs`
 */

import assert from "node:assert/strict";

import { openBrowser, serveSources } from "./ui-browser.mjs";

const SIZE = { widthPx: 960, heightPx: 540 };
const FACE = { xPx: 640, yPx: 420, distanceCm: 60, label: "contempt", confidence: 0.9 };

const server = await serveSources();
const { browser, close } = await openBrowser({ camera: false, context: { viewport: { width: 960, height: 540 } } });
try {
  const page = await browser.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(error.message));
  await page.goto(`${server.url}e2e/bench/overlay.html`);
  await page.waitForFunction(() => window.shoot, null, { timeout: 60_000 });
  const pixels = async (shot) => Buffer.from(await page.evaluate((wanted) => window.pixels(wanted), { ...SIZE, ...shot }), "base64");

  await occlusion(pixels);
  await mirrored(pixels);
  await overlays(pixels);
  await crowds(pixels);
  await upright(pixels);
  await planes(page);
  await leaks(page);
  await lostCanvas(page, pixels);
  assert.deepEqual(errors, []);
  console.log("overlay: occlusion, mirroring, overlays, memory and a lost canvas are right");
} finally {
  await close();
  await server.close();
}

/** A camera's frame in planes is drawn in the colours that the browser gives it, in each form and each space of colours. */
async function planes(page) {
  const largest = await page.evaluate(drawnPlanes);
  for (const [form, difference] of Object.entries(largest)) assert.ok(difference <= 6, `${form}: colours differ by ${difference} levels`);
  assert.equal(Object.keys(largest).length, 8);
}

/** Runs in the page: the largest difference of a value between our drawing and the browser's, by form and space. */
async function drawnPlanes() {
  const { PixelReader } = await import("/src/worker/pixels.ts");
  const [width, height] = [64, 48];
  const { stage } = window;
  stage.clear();
  stage.resize(width, height, 1);
  Object.assign(stage.options, { mirrored: false, fill: "contain" });
  const reader = new PixelReader();
  const largest = {};
  for (const format of ["I420", "NV12"]) {
    for (const [matrix, fullRange] of [["smpte170m", false], ["smpte170m", true], ["bt709", true], [undefined, false]]) {
      const data = new Uint8Array(1.5 * width * height).map((_, i) => (i < width * height ? 120 + (i % width) - (i >> 6) : 128 + 40 * Math.sin(i / 200)));
      const colorSpace = matrix ? { matrix, fullRange, primaries: matrix, transfer: matrix } : undefined;
      const frame = new VideoFrame(data, { format, codedWidth: width, codedHeight: height, timestamp: 0, colorSpace });
      const wanted = new Uint8Array(4 * width * height);
      await frame.copyTo(wanted, { format: "RGBA" });
      const picture = await reader.read(frame);
      stage.pushFrame(picture, picture);
      stage.render(0);
      const gl = stage.canvas.getContext("webgl2");
      const drawn = new Uint8Array(4 * width * height);
      gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, drawn);
      let most = "colours" in picture ? 0 : Infinity;
      for (let y = 0; y < height; y++) for (let x = 0; x < 4 * width; x++) most = Math.max(most, Math.abs(drawn[4 * width * (height - 1 - y) + x] - wanted[4 * width * y + x]));
      largest[`${format} ${matrix} ${fullRange}`] = most;
    }
  }
  return largest;
}

/** Pixels of a head-wide box that differ between two pictures. */
function differing(a, b, [left, top, right, bottom]) {
  let count = 0;
  for (let y = top; y < bottom; y++)
    for (let x = left; x < right; x++) {
      const at = 4 * (y * SIZE.widthPx + x);
      if (Math.abs(a[at] - b[at]) + Math.abs(a[at + 1] - b[at + 1]) + Math.abs(a[at + 2] - b[at + 2]) > 24) count++;
    }
  return count;
}

async function occlusion(pixels) {
  const shot = { faces: [FACE], overlays: ["object"], object: "top hat" };
  const bare = await pixels({ ...shot, overlays: [] });
  const hidden = await pixels({ ...shot, occluding: true });
  const through = await pixels({ ...shot, occluding: false });
  const forehead = [430, 222, 520, 242]; // view pixels: below the near rim, above the brows
  const above = [400, 60, 560, 150];
  assert.ok(differing(bare, through, forehead) > 300, "without the occluder the far rim must be seen over the forehead");
  assert.ok(
    differing(bare, hidden, forehead) < 0.1 * differing(bare, through, forehead),
    `the head must hide the far rim: ${differing(bare, hidden, forehead)} of ${differing(bare, through, forehead)} pixels are drawn over it`,
  );
  assert.ok(differing(bare, hidden, above) > 3000, "the hat itself must be seen");
  console.log(`occlusion: far rim ${differing(bare, through, forehead)} px without, ${differing(bare, hidden, forehead)} px with the head`);
}

async function mirrored(pixels) {
  const shot = { faces: [{ ...FACE, xPx: 400 }], overlays: ["label"] };
  const plain = await pixels(shot);
  const mirror = await pixels({ ...shot, mirrored: true });
  // the label's dot is at its left end, mirrored or not; the face has changed sides
  const dot = (picture) => {
    const found = [];
    for (let i = 0; i < picture.length; i += 4) if (Math.abs(picture[i] - 170) < 4 && Math.abs(picture[i + 1] - 140) < 4 && Math.abs(picture[i + 2] - 110) < 4) found.push((i / 4) % SIZE.widthPx);
    return found.reduce((sum, x) => sum + x, 0) / found.length;
  };
  const white = (picture) => {
    const found = [];
    for (let i = 0; i < picture.length; i += 4) if (picture[i] > 240 && picture[i + 1] > 240 && picture[i + 2] > 240) found.push((i / 4) % SIZE.widthPx);
    return found.reduce((sum, x) => sum + x, 0) / found.length;
  };
  assert.ok(dot(plain) < white(plain), "the dot is to the left of the words");
  assert.ok(dot(mirror) < white(mirror), "and stays there when the picture is mirrored");
  assert.ok(white(plain) < SIZE.widthPx / 2 && white(mirror) > SIZE.widthPx / 2, "the label changes sides with the face");
}

async function overlays(pixels) {
  const bare = await pixels({ faces: [FACE], overlays: [] });
  for (const name of ["label", "bars", "quote", "object", "sticker", "facepaint", "avatar", "wireframe"]) {
    const dressed = await pixels({ faces: [FACE], overlays: [name] });
    const changed = differing(bare, dressed, [0, 0, SIZE.widthPx, SIZE.heightPx]);
    assert.ok(changed > 400, `${name} must show: ${changed} px`);
  }
}

/** Text covers nobody's face, in crowds of 12 and 20, and beside a close-up. */
async function crowds(pixels) {
  for (const [count, columns, distanceCm] of [[12, 4, 130], [20, 5, 160], [20, 7, 150], [2, 2, 45]]) {
    const rows = Math.ceil(count / columns);
    const faces = Array.from({ length: count }, (_, i) => {
      const aside = 25 * Math.sin(5 * i); // nobody stands in a grid
      const label = ["happiness", "neutral", "sadness", "surprise"][i % 4];
      return { xPx: (((i % columns) + 0.5) / columns) * 1280 + aside, yPx: ((Math.floor(i / columns) + 0.6) / rows) * 720 + 0.4 * aside, distanceCm, label, confidence: 0.8 };
    });
    const bare = await pixels({ faces, overlays: [] });
    const dressed = await pixels({ faces, overlays: ["label", "quote"] });
    const skin = (at) => Math.abs(bare[at] - 217) + Math.abs(bare[at + 1] - 169) + Math.abs(bare[at + 2] - 138) < 6;
    let [all, covered, changed] = [0, 0, 0];
    for (let at = 0; at < bare.length; at += 4) {
      const differs = Math.abs(bare[at] - dressed[at]) + Math.abs(bare[at + 1] - dressed[at + 1]) + Math.abs(bare[at + 2] - dressed[at + 2]) > 60; // more than a shadow
      changed += differs;
      if (!skin(at)) continue;
      all++;
      covered += differs;
    }
    assert.ok(changed > 2000, `${count} faces have text: ${changed} px`);
    assert.equal(covered, 0, `${covered} of ${all} px of the faces of ${count} people are covered`);
  }
  console.log("crowds: text covers no face of 12 and of 20 people");
}

/** A landscape picture fills a phone that is held upright, around the face, and what is drawn stays on the face. */
async function upright(pixels) {
  const view = { widthPx: 390, heightPx: 788 };
  for (const mirrored of [false, true]) {
    const shot = { ...view, faces: [{ xPx: 350, yPx: 380, distanceCm: 70 }], mirrored };
    const bare = await pixels({ ...shot, overlays: [] });
    const at = (x, y) => [...bare.subarray(4 * (y * view.widthPx + x), 4 * (y * view.widthPx + x) + 3)];
    for (const [x, y] of [[2, 2], [387, 2], [2, 785], [387, 785]]) assert.deepEqual(at(x, y), [0x4a, 0x5a, 0x52], `the picture reaches the corner ${x}, ${y}`);
    const meanX = (wanted) => {
      let [sum, count] = [0, 0];
      for (let i = 0; i < bare.length; i += 4) if (wanted(i)) [sum, count] = [sum + ((i / 4) % view.widthPx), count + 1];
      return sum / count;
    };
    const skin = meanX((i) => Math.abs(bare[i] - 217) + Math.abs(bare[i + 1] - 169) + Math.abs(bare[i + 2] - 138) < 6);
    assert.ok(Math.abs(skin - view.widthPx / 2) < 40, `the face is in the middle: ${skin.toFixed(0)} of ${view.widthPx}`);
    const dressed = await pixels({ ...shot, overlays: ["avatar"] });
    const fox = meanX((i) => Math.abs(bare[i] - dressed[i]) + Math.abs(bare[i + 1] - dressed[i + 1]) > 24);
    assert.ok(Math.abs(fox - skin) < 12, `the fox is on the face: ${fox.toFixed(0)} and ${skin.toFixed(0)}`);
  }
  console.log("upright phone: filled, around the face");
}

async function leaks(page) {
  const counts = await page.evaluate(async (shot) => {
    const seen = [];
    for (let i = 0; i < 4; i++) {
      await window.shoot({ ...shot, seed: 5 });
      window.stage.clear();
      seen.push(window.stage.memory);
    }
    return seen;
  }, { ...SIZE, faces: [FACE], overlays: ["label", "quote", "object", "sticker", "facepaint", "avatar", "wireframe"] });
  assert.deepEqual(counts[3], counts[1], `what the graphics card holds must not grow: ${JSON.stringify(counts)}`);
}

async function lostCanvas(page, pixels) {
  const shot = { faces: [FACE], overlays: ["object"], object: "top hat" };
  const before = await pixels(shot);
  await page.evaluate(async () => {
    const ability = window.stage.canvas.getContext("webgl2").getExtension("WEBGL_lose_context");
    ability.loseContext();
    await new Promise((resolve) => setTimeout(resolve, 200));
    ability.restoreContext();
    await new Promise((resolve) => setTimeout(resolve, 200));
  });
  const after = await pixels(shot);
  assert.ok(differing(before, after, [0, 0, SIZE.widthPx, SIZE.heightPx]) < 300, "after a lost context all is drawn again");
}
