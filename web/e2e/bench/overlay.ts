/** The overlay without camera and models, with synthetic faces: driven by `ui-overlay.mjs`, served by Vite's development server only. */

import { type ByLabel, loadPack } from "../../src/content/pack";
import { FERPLUS } from "../../src/labels";
import { onlyOverlays, type OverlayName } from "../../src/overlay/overlays";
import { Stage } from "../../src/overlay/stage/stage";
import { type SceneDocument, sceneFromDocument } from "../../src/server/sceneDocument";
import { frontalFace, type MadeFace, sceneOf } from "../../src/testing/faces";
import type { Scene } from "../../src/types";

const canvas = document.getElementById("stage") as HTMLCanvasElement;
const texts = {
  describeFace: (face: { expression: { label: string } }) => face.expression.label,
  name: (label: string) => label,
  percent: (share: number) => `${Math.round(100 * share)} %`,
  number: String,
  reason: (key: string) => key,
  rightToLeft: () => document.documentElement.dir === "rtl",
};
const stage = new Stage(canvas, texts);
let timeS = 0;

function backdrop(widthPx: number, heightPx: number): HTMLCanvasElement {
  const picture = document.createElement("canvas");
  Object.assign(picture, { width: widthPx, height: heightPx });
  const pen = picture.getContext("2d")!;
  pen.fillStyle = "#4a5a52";
  pen.fillRect(0, 0, widthPx, heightPx);
  return picture;
}

function paintHead(picture: HTMLCanvasElement, made: ReturnType<typeof frontalFace>): void {
  const pen = picture.getContext("2d")!;
  const [left, top, right, bottom] = made.boxXyxyPx;
  const [x, y, width, height] = [(left + right) / 2, (top + bottom) / 2, right - left, bottom - top];
  pen.fillStyle = "#5d4231";
  pen.beginPath();
  pen.ellipse(x, y - 0.2 * height, 0.58 * width, 0.64 * height, 0, 0, 7);
  pen.fill();
  pen.fillStyle = "#d9a98a";
  pen.beginPath();
  pen.ellipse(x, y, 0.5 * width, 0.5 * height, 0, 0, 7);
  pen.fill();
}

interface Shot {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly scale?: number;
  readonly faces?: readonly MadeFace[];
  /** A real picture, and what Python found in it; labels by track id may replace those found. */
  readonly picture?: string;
  readonly document?: SceneDocument;
  readonly labels?: Readonly<Record<number, string>>;
  readonly overlays: readonly OverlayName[];
  readonly mirrored?: boolean;
  readonly occluding?: boolean;
  readonly seed?: number;
  readonly clockS?: number;
  /** An object, a sticker and a face paint by name, for every expression. */
  readonly object?: string;
  readonly sticker?: string;
  readonly facepaint?: string;
  /** Leaves the heads under the faces out. */
  readonly bare?: boolean;
}

function made({ faces = [], bare = false }: Shot): [HTMLCanvasElement, Scene] {
  const all = faces.map((face, i) => frontalFace({ widthPx: 1280, heightPx: 720, trackId: i + 1, ...face }));
  const picture = backdrop(1280, 720);
  if (!bare) for (const face of all) paintHead(picture, face);
  return [picture, sceneOf(all, timeS, 1280, 720)];
}

async function real(shot: Shot, document: SceneDocument): Promise<[HTMLCanvasElement, Scene]> {
  const picture = backdrop(document.width_px, document.height_px);
  const image = new Image();
  image.src = shot.picture ?? "";
  await image.decode();
  picture.getContext("2d")!.drawImage(image, 0, 0);
  const scene = sceneFromDocument(document);
  const faces = scene.faces.map((face) => ({
    ...face,
    expression: { ...face.expression, label: shot.labels?.[face.trackId] ?? face.expression.label, confidence: 0.9 },
  }));
  return [picture, { ...scene, faces, timeS }];
}

/** The item of that name for every expression; all items without a name. */
function named<T extends { readonly name: string }>(items: ByLabel<T>, name: string | undefined): ByLabel<T> {
  const one = Object.values(items).flatMap((list) => list ?? []).find((item) => item.name === name);
  return one ? Object.fromEntries(FERPLUS.map((label) => [label, [one]])) : items;
}

/** Draws a scene until its content is loaded; resolves when the canvas shows it. */
async function shoot(shot: Shot): Promise<void> {
  const pack = await loadPack("default");
  stage.resize(shot.widthPx, shot.heightPx, shot.scale ?? 1);
  canvas.style.width = `${shot.widthPx}px`;
  canvas.style.height = `${shot.heightPx}px`;
  Object.assign(stage.options, {
    pack: {
      ...pack,
      objects: named(pack.objects, shot.object),
      stickers: named(pack.stickers, shot.sticker),
      facepaints: named(pack.facepaints, shot.facepaint),
    },
    mirrored: shot.mirrored ?? false,
    occluding: shot.occluding ?? true,
    seed: shot.seed ?? 1,
    overlays: onlyOverlays(...shot.overlays),
  });
  stage.clear();
  timeS += 1;
  const [picture, scene] = shot.document ? await real(shot, shot.document) : made(shot);
  stage.pushFrame(picture, { widthPx: picture.width, heightPx: picture.height });
  stage.setScene(scene);
  const clockS = shot.clockS ?? 10;
  for (let i = 0; i < 12; i++) {
    stage.render(clockS - 3 + i / 4);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  stage.render(clockS);
}

/** Draws a scene and returns it as RGBA, row by row from the upper left, in base64: text is quick to pass to the test. */
async function pixels(shot: Shot): Promise<string> {
  await shoot(shot);
  const copy = backdrop(canvas.width, canvas.height).getContext("2d")!;
  stage.render(shot.clockS ?? 10);
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
  let text = "";
  for (let i = 0; i < data.length; i += 0x8000) text += String.fromCharCode(...data.subarray(i, i + 0x8000));
  return btoa(text);
}

Object.assign(window, { shoot, pixels, stage });
