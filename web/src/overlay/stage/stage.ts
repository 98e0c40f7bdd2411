/**
 * The picture on the screen: the video, the layers of each face, and text, on one canvas.
 *
 * Frames and scenes are pushed when they arrive; `render` draws the newest ones at the display's rate. Snapshot and film
 * are copies of the canvas.
 */

import { OrthographicCamera, PerspectiveCamera, Scene as World, WebGLRenderer } from "three";

import { Assets } from "../../content/assets";
import { isSoftwareRenderer } from "../../graphics";
import type { Scene } from "../../types";
import type { Show } from "../layer";
import type { OverlayTexts } from "../text/texts";
import { Background } from "../view/background";
import { FrameRing, type FrameSource } from "../view/frameRing";
import { aim, textRoom, viewportOfScene } from "../view/framing";
import { fitFrame, type Size } from "../view/viewport";
import { FaceViews } from "./faceViews";
import { lights } from "./lights";
import { defaultStageOptions, type StageOptions } from "./stageOptions";
import { TextLayer } from "./textLayer";

const NEAR_CM = 1;
const FAR_CM = 600;

export class Stage {
  readonly options: StageOptions = defaultStageOptions();
  readonly assets = new Assets();
  scene: Scene | undefined;
  readonly #renderer: WebGLRenderer;
  readonly #frames = new FrameRing();
  readonly #background = new Background();
  readonly #backdrop = new World();
  readonly #world = new World();
  readonly #faces = new FaceViews();
  readonly #flat = new World();
  readonly #camera = new PerspectiveCamera(45, 1, NEAR_CM, FAR_CM);
  readonly #screen = new OrthographicCamera(0, 1, 0, -1, -1, 1);
  readonly #text: TextLayer;
  #view: Size = { widthPx: 1, heightPx: 1 };
  #pixelScale = 1;
  #lost = false;

  constructor(readonly canvas: HTMLCanvasElement, texts: OverlayTexts) {
    this.#renderer = new WebGLRenderer({ canvas, antialias: !isSoftwareRenderer(), alpha: false, powerPreference: "high-performance" });
    this.#renderer.autoClear = false;
    this.#renderer.setClearColor(0x0b0f14);
    this.#text = new TextLayer(texts);
    this.#backdrop.add(this.#background.mesh);
    this.#flat.add(this.#text.root);
    this.#world.add(this.#faces.root, ...lights());
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
   * Uploads a frame; `timeS` is its capture time, as in its scene.
   *
   * @param passing whether the frame gets no scene
   */
  pushFrame(source: FrameSource, size: Size, timeS: number, passing = false): void {
    if (!this.#lost) this.#frames.push(this.#renderer, source, size, timeS, passing);
  }

  setScene(scene: Scene): void {
    this.scene = scene;
    this.#faces.setScene(scene);
  }

  /** Forgets frames, scenes and faces, as when the camera changes. */
  clear(): void {
    this.#faces.clear();
    this.#text.clear();
    this.#frames.clear();
    this.scene = undefined;
  }

  /** Draws the newest of everything; `clockS` drives the animations. */
  render(clockS: number): void {
    if (this.#lost) return;
    this.#renderer.clear();
    const frame = this.#frames.frameFor(this.scene?.timeS);
    if (!frame) return;
    const viewport = fitFrame(frame.size, this.#view, this.options.mirrored, this.options.fill);
    this.#background.show(frame.texture, viewport);
    this.#renderer.render(this.#backdrop, this.#screen);
    if (!this.scene) return;
    aim(this.#camera, this.scene, viewport);
    this.#faces.root.scale.x = viewport.mirrored ? -1 : 1;
    const show: Show = { ...this.options, assets: this.assets, clockS };
    const states = this.#faces.update(show, this.options);
    const room = textRoom(viewport, this.options.insets, this.#pixelScale);
    this.#text.update(states, show, viewportOfScene(this.scene, viewport), room, this.#pixelScale * this.options.textScale);
    this.#renderer.clearDepth();
    this.#renderer.render(this.#world, this.#camera);
    this.#renderer.render(this.#flat, this.#screen);
  }

  /** The mean of each face's mesh as it is drawn, in pixels of the scene's frame: to check that the overlay follows. */
  drawnCentroids(): ReturnType<FaceViews["drawnCentroids"]> {
    return this.scene ? this.#faces.drawnCentroids(this.scene) : [];
  }

  /** Whether the WebGL context is lost at present. */
  get lost(): boolean {
    return this.#lost;
  }

  /** Objects on the GPU, for checking that nothing leaks. */
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

  readonly #onLost = (event: Event): void => {
    event.preventDefault(); // so that the browser restores it
    this.#lost = true;
  };

  readonly #onRestored = (): void => {
    this.#lost = false;
    this.#frames.clear(); // their pixels are gone
    this.assets.dispose();
  };
}
