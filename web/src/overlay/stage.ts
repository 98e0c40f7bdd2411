/**
 * The picture that people see: the video, what is hung on each face, and text over it, on one canvas.
 *
 * It is given frames and scenes as they come, and draws them when `render` is called, at the display's rate. Being one
 * canvas, it is also the snapshot and the film.
 */

import {
  DirectionalLight,
  Group,
  HemisphereLight,
  OrthographicCamera,
  PerspectiveCamera,
  Scene as World,
  WebGLRenderer,
} from "three";

import { Assets } from "../content/assets";
import type { ContentPack } from "../content/pack";
import { boxOfPoints, project } from "../geometry";
import type { Scene } from "../types";
import { Background } from "./background";
import { FaceView } from "./faceView";
import { FrameRing, type FrameSource } from "./frameRing";
import { isSoftwareRenderer } from "./graphics";
import type { CueName } from "./head";
import { DEFAULT_LOOKS, type Looks, type Show } from "./layer";
import type { Box } from "./layout";
import { TextLayer, type Words } from "./textLayer";
import { type Fill, fitFrame, shownPart, type Size, type Viewport } from "./viewport";

/** A track that is not seen for so long loses its view, and begins anew when it comes back. */
const FORGET_S = 0.25;
const NEAR_CM = 1;
const FAR_CM = 600;

export interface StageOptions {
  looks: Looks;
  pack: ContentPack | undefined;
  mirrored: boolean;
  fill: Fill;
  /** CSS pixels at each edge that buttons cover: [left, top, right, bottom]. */
  insets: readonly [number, number, number, number];
  seed: number;
  /** False shows what hides behind heads: for comparison only. */
  occluding: boolean;
  /** Parts of the mesh to mark. */
  cues: readonly CueName[];
  chosenStickers: ReadonlyMap<number, readonly string[]>;
  /** Size of text over that of a live picture. */
  textScale: number;
}

export class Stage {
  readonly options: StageOptions = {
    looks: DEFAULT_LOOKS,
    pack: undefined,
    mirrored: false,
    fill: "auto",
    insets: [0, 0, 0, 0],
    seed: Math.floor(Math.random() * 2 ** 31),
    occluding: true,
    cues: [],
    chosenStickers: new Map(),
    textScale: 1,
  };
  readonly assets = new Assets();
  scene: Scene | undefined;
  readonly #renderer: WebGLRenderer;
  readonly #frames = new FrameRing();
  readonly #background = new Background();
  readonly #backdrop = new World();
  readonly #world = new World();
  readonly #heads = new Group();
  readonly #flat = new World();
  readonly #camera = new PerspectiveCamera(45, 1, NEAR_CM, FAR_CM);
  readonly #screen = new OrthographicCamera(0, 1, 0, -1, -1, 1);
  readonly #text: TextLayer;
  readonly #views = new Map<number, { view: FaceView; seenS: number }>();
  #view: Size = { widthPx: 1, heightPx: 1 };
  #pixelScale = 1;
  #lost = false;

  constructor(readonly canvas: HTMLCanvasElement, words: Words) {
    this.#renderer = new WebGLRenderer({ canvas, antialias: !isSoftwareRenderer(), alpha: false, powerPreference: "high-performance" });
    this.#renderer.autoClear = false;
    this.#renderer.setClearColor(0x0b0f14);
    this.#text = new TextLayer(words);
    this.#backdrop.add(this.#background.mesh);
    this.#flat.add(this.#text.root);
    this.#world.add(this.#heads, ...lights());
    canvas.addEventListener("webglcontextlost", this.#onLost);
    canvas.addEventListener("webglcontextrestored", this.#onRestored);
  }

  /** Size on the page in CSS pixels, and how many pixels each of them gets. */
  resize(widthCss: number, heightCss: number, pixelScale: number): void {
    const view = { widthPx: Math.max(Math.round(widthCss * pixelScale), 1), heightPx: Math.max(Math.round(heightCss * pixelScale), 1) };
    this.#pixelScale = pixelScale;
    if (view.widthPx === this.#view.widthPx && view.heightPx === this.#view.heightPx) return;
    this.#view = view;
    this.#renderer.setSize(view.widthPx, view.heightPx, false);
    Object.assign(this.#screen, { right: view.widthPx, bottom: -view.heightPx });
    this.#screen.updateProjectionMatrix();
  }

  /**
   * Takes a frame; `timeS` is its capture time, as in the scene that will be found in it.
   *
   * @param passing that no scene will be found in it
   */
  pushFrame(source: FrameSource, size: Size, timeS: number, passing = false): void {
    if (!this.#lost) this.#frames.push(this.#renderer, source, size, timeS, passing);
  }

  setScene(scene: Scene): void {
    this.scene = scene;
    for (const face of scene.faces) {
      const known = this.#views.get(face.trackId);
      if (known) {
        known.view.state.update(face, scene);
        known.seenS = scene.timeS;
      } else {
        const view = new FaceView(face, scene);
        this.#views.set(face.trackId, { view, seenS: scene.timeS });
        this.#heads.add(view.root);
      }
    }
    for (const [trackId, { view, seenS }] of this.#views) {
      const there = scene.faces.some((face) => face.trackId === trackId);
      view.root.visible = there;
      if (!there && !(scene.timeS - seenS < FORGET_S)) this.#forget(trackId);
    }
  }

  /** Forgets frames, scenes and faces, as when the camera changes. */
  clear(): void {
    for (const trackId of [...this.#views.keys()]) this.#forget(trackId);
    this.#text.clear();
    this.#frames.clear();
    this.scene = undefined;
  }

  /** Draws the newest of everything; `clockS` drives what moves by itself. */
  render(clockS: number): void {
    if (this.#lost) return;
    this.#renderer.clear();
    const frame = this.#frames.frameFor(this.scene?.timeS);
    if (!frame) return;
    const viewport = fitFrame(frame.size, this.#view, this.options.mirrored, this.options.fill);
    this.#background.show(frame.texture, viewport);
    this.#renderer.render(this.#backdrop, this.#screen);
    if (!this.scene) return;
    this.#aim(this.scene, viewport);
    const show: Show = { ...this.options, assets: this.assets, clockS };
    const states = this.#updateViews(show);
    this.#text.update(states, show, this.#textViewport(viewport), this.#room(viewport), this.#pixelScale * this.options.textScale);
    this.#renderer.clearDepth();
    this.#renderer.render(this.#world, this.#camera);
    this.#renderer.render(this.#flat, this.#screen);
  }

  /** The middle of each face's mesh as it is drawn, in pixels of the scene's frame: to check that the overlay follows. */
  drawnCentres(): { trackId: number; xPx: number; yPx: number }[] {
    const { scene } = this;
    if (!scene) return [];
    return [...this.#views.values()]
      .filter(({ view }) => view.root.visible)
      .map(({ view: { state } }) => {
        const [left, top, right, bottom] = boxOfPoints(drawnPoints(state.positions, scene), 2);
        return { trackId: state.trackId, xPx: (left + right) / 2, yPx: (top + bottom) / 2 };
      });
  }

  /** Whether the graphics card has taken the canvas away, for now. */
  get lost(): boolean {
    return this.#lost;
  }

  /** What the graphics card holds, to see that nothing leaks. */
  get memory(): { readonly geometries: number; readonly textures: number } {
    const { geometries, textures } = this.#renderer.info.memory;
    return { geometries, textures };
  }

  dispose(): void {
    this.clear();
    this.canvas.removeEventListener("webglcontextlost", this.#onLost);
    this.canvas.removeEventListener("webglcontextrestored", this.#onRestored);
    this.#background.dispose();
    this.assets.dispose();
    this.#renderer.dispose();
  }

  #forget(trackId: number): void {
    const known = this.#views.get(trackId);
    if (!known) return;
    this.#heads.remove(known.view.root);
    known.view.dispose();
    this.#views.delete(trackId);
  }

  /** A camera that sees what the frame shows, where the viewport puts it. */
  #aim(scene: Scene, viewport: Viewport): void {
    const { frame, view, scale, leftPx, topPx, mirrored } = viewport;
    this.#camera.fov = scene.verticalFovDeg;
    this.#camera.aspect = frame.widthPx / frame.heightPx;
    this.#camera.setViewOffset(scale * frame.widthPx, scale * frame.heightPx, -leftPx, -topPx, view.widthPx, view.heightPx);
    this.#heads.scale.x = mirrored ? -1 : 1;
  }

  #updateViews(show: Show): FaceView["state"][] {
    const shown = [...this.#views.values()].map(({ view }) => view).filter((view) => view.root.visible);
    for (const view of shown) {
      view.update(show, this.options.occluding);
      view.mark(this.options.cues);
    }
    return shown.map((view) => view.state).sort((a, b) => a.trackId - b.trackId);
  }

  /** Landmarks are pixels of the scene's frame, which may be smaller than the one that is shown. */
  #textViewport(viewport: Viewport): Viewport {
    const { scene } = this;
    if (!scene || scene.widthPx === viewport.frame.widthPx) return viewport;
    const scale = (viewport.scale * viewport.frame.widthPx) / scene.widthPx;
    return { ...viewport, scale, frame: { widthPx: scene.widthPx, heightPx: scene.heightPx } };
  }

  #room(viewport: Viewport): Box {
    const [left, top, right, bottom] = this.options.insets.map((inset) => inset * this.#pixelScale) as [number, number, number, number];
    const shown = shownPart(viewport);
    const margin = 6 * this.#pixelScale;
    const { widthPx, heightPx } = viewport.view;
    // text may lie outside the frame where there is room beside it, but not far from it
    return [
      Math.max(left, 0) + margin,
      Math.max(top, shown[1] - 0.25 * heightPx) + margin,
      widthPx - Math.max(right, 0) - margin,
      Math.min(heightPx - bottom, shown[3] + 0.25 * heightPx) - margin,
    ];
  }

  readonly #onLost = (event: Event): void => {
    event.preventDefault(); // asks for it back
    this.#lost = true;
  };

  readonly #onRestored = (): void => {
    this.#lost = false;
    this.#frames.clear(); // their pixels are gone
    this.assets.dispose();
  };
}

/** Where the camera shows points in camera space (cm): x and y of each, in pixels. */
function drawnPoints(positions: Float32Array, { widthPx, heightPx, verticalFovDeg }: Scene): number[] {
  const pixels: number[] = [];
  for (let i = 0; i < positions.length; i += 3) {
    const point = [positions[i], positions[i + 1], positions[i + 2]] as const;
    pixels.push(...project(point, widthPx, heightPx, verticalFovDeg));
  }
  return pixels;
}

function lights(): [HemisphereLight, DirectionalLight, DirectionalLight] {
  const key = new DirectionalLight(0xfff4e2, 2.1);
  key.position.set(0.5, 1, 1.1);
  const rim = new DirectionalLight(0xcfe4ff, 0.7);
  rim.position.set(-1, 0.4, -0.6);
  return [new HemisphereLight(0xffffff, 0x8a7f78, 1.5), key, rim];
}
