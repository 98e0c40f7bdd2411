/**
 * The picture on the screen: the video, the layers of each face, and text, on one canvas.
 *
 * A frame is pushed with the scene of it, so that overlays do not lag behind the face; `render` draws the newest ones. Snapshot and film
 * have all of the frame, in its size.
 */

import { OrthographicCamera, PerspectiveCamera, Scene as World, WebGLRenderer } from "three";

import { Assets } from "../../content/assets";
import { isSoftwareRenderer } from "../../graphics";
import type { Box } from "../../maths/geometry";
import type { Scene } from "../../types";
import type { FaceState } from "../face/faceState";
import type { Show } from "../layer";
import { faceBox } from "../text/places";
import type { OverlayTexts } from "../text/texts";
import { Background } from "../view/background";
import { type FrameSource, FrameTexture } from "../view/frameTexture";
import { aim, boxInView, shownOfFrame, textRoom, viewportOfScene } from "../view/framing";
import { fitFrame, shownLeftPx, type Size, type Viewport } from "../view/viewport";
import { FaceViews } from "./faceViews";
import { Focus } from "./focus";
import { lights } from "./lights";
import { defaultStageOptions, type StageOptions } from "./stageOptions";
import { TextLayer } from "./textLayer";
import { UnreadMarks } from "./unreadMarks";

const NEAR_CM = 1;
const FAR_CM = 600;
const FILM_STYLE = ["inset", "left", "top", "width", "height"];

export class Stage {
  readonly options: StageOptions = defaultStageOptions();
  readonly assets = new Assets();
  scene: Scene | undefined;
  readonly #renderer: WebGLRenderer;
  readonly #frame = new FrameTexture();
  readonly #background = new Background();
  readonly #backdrop = new World();
  readonly #world = new World();
  readonly #faces = new FaceViews();
  readonly #flat = new World();
  readonly #camera = new PerspectiveCamera(45, 1, NEAR_CM, FAR_CM);
  readonly #screen = new OrthographicCamera(0, 1, 0, -1, -1, 1);
  readonly #text: TextLayer;
  readonly #unread: UnreadMarks;
  readonly #focus = new Focus();
  readonly #transparent: boolean;
  #view: Size = { widthPx: 1, heightPx: 1 };
  #film: Size | undefined;
  #pixelScale = 1;
  #lost = false;

  /** @param transparent there are no frames: scenes are drawn over what lies below the canvas */
  constructor(readonly canvas: HTMLCanvasElement, texts: OverlayTexts, { transparent = false } = {}) {
    this.#transparent = transparent;
    this.#renderer = new WebGLRenderer({ canvas, antialias: !isSoftwareRenderer(), alpha: transparent, powerPreference: "high-performance" });
    this.#renderer.autoClear = false;
    this.#renderer.setClearColor(0x0b0f14, transparent ? 0 : 1);
    this.#text = new TextLayer(texts);
    this.#unread = new UnreadMarks(texts);
    this.#backdrop.add(this.#background.mesh);
    this.#flat.add(this.#unread.root, this.#text.root);
    this.#world.add(this.#faces.root, ...lights());
    canvas.addEventListener("webglcontextlost", this.#onLost);
    canvas.addEventListener("webglcontextrestored", this.#onRestored);
  }

  /** Size on the page in CSS pixels, and how many pixels each of them gets. */
  resize(widthCss: number, heightCss: number, pixelScale: number): void {
    this.#view = { widthPx: Math.max(Math.round(widthCss * pixelScale), 1), heightPx: Math.max(Math.round(heightCss * pixelScale), 1) };
    this.#pixelScale = pixelScale;
    this.#resizeCanvas();
  }

  /** The size of the frame, or of a transparent stage's scene. */
  get frameSize(): Size | undefined {
    return this.#frame.frame?.size ?? (this.#transparent ? this.scene : undefined);
  }

  /** The canvas's size for a film, with all of the frame in it, whatever the view's size; the page still shows what the view shows. */
  set filmSize(size: Size | undefined) {
    this.#film = size;
    this.#resizeCanvas();
    if (!size) for (const name of FILM_STYLE) this.canvas.style.removeProperty(name);
  }

  /**
   * Draws all of the frame once, in the frame's size.
   *
   * @param take gets the canvas, which has these pixels until it returns; it is not called before the first frame
   */
  drawWhole<T>(clockS: number, take: (canvas: HTMLCanvasElement) => T): T | undefined {
    const before = this.#film;
    this.#film = this.frameSize;
    if (!this.#film) return undefined;
    this.#resizeCanvas();
    this.render(clockS);
    const result = take(this.canvas);
    this.filmSize = before;
    this.render(clockS);
    return result;
  }

  /** Shows another frame from now on; its scene follows, unless nothing in it has moved. */
  pushFrame(source: FrameSource, size: Size): void {
    if (!this.#lost) this.#frame.push(this.#renderer, source, size);
  }

  setScene(scene: Scene): void {
    this.scene = scene;
    this.#faces.setScene(scene);
    this.#focus.update(scene);
  }

  /** Forgets frames, scenes and faces, as when the camera changes. */
  clear(): void {
    this.#faces.clear();
    this.#text.clear();
    this.#unread.clear();
    this.#frame.clear();
    this.#focus.clear();
    this.scene = undefined;
  }

  /** Draws the newest of everything; `clockS` drives the animations. */
  render(clockS: number): void {
    if (this.#lost) return;
    this.#draw(clockS);
    this.#renderer.getContext().flush(); // so that drawing begins now, and not when the display asks for it
  }

  #draw(clockS: number): void {
    this.#renderer.clear();
    const size = this.frameSize;
    if (!size) return;
    const { mirrored } = this.options;
    const seen = this.#viewportOf(size);
    const viewport = this.#film ? fitFrame(size, this.#film, mirrored, "contain") : seen;
    if (this.#film) this.#showFilm(seen, viewport);
    const { frame } = this.#frame;
    if (frame) {
      this.#background.show(frame, viewport);
      this.#renderer.render(this.#backdrop, this.#screen);
    }
    if (!this.scene) return;
    aim(this.#camera, this.scene, viewport);
    this.#faces.root.scale.x = mirrored ? -1 : 1;
    const inScene = viewportOfScene(this.scene, viewport);
    const show: Show = { ...this.options, assets: this.assets, clockS, shown: shownOfFrame(inScene) };
    const states = this.#faces.update(show, this.options);
    this.#layOutText(states, show, inScene, seen, viewport);
    this.#renderer.clearDepth();
    this.#renderer.render(this.#world, this.#camera);
    this.#renderer.render(this.#flat, this.#screen);
  }

  /** The mean of each face's mesh as it is drawn, in pixels of the scene's frame: to check that the overlay follows. */
  drawnCentroids(): ReturnType<FaceViews["drawnCentroids"]> {
    return this.scene ? this.#faces.drawnCentroids(this.scene) : [];
  }

  /** The faces that are drawn, as boxes in CSS pixels of the view. */
  get faceBoxes(): Box[] {
    const { scene } = this;
    const frame = this.frameSize;
    if (!scene || !frame) return [];
    const viewport = viewportOfScene(scene, this.#viewportOf(frame));
    const drawn = this.#faces.drawn();
    return drawn.map(({ face }) => {
      const [left, top, right, bottom] = faceBox(face, viewport).map((edge) => edge / this.#pixelScale);
      return [left, top, right, bottom];
    });
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

  /** In a film text is where it is in the view, so that the page does not cut it off. */
  #layOutText(states: FaceState[], show: Show, inScene: Viewport, seen: Viewport, viewport: Viewport): void {
    const ratio = viewport.scale / seen.scale;
    const inFilm = (box: Box): Box => (viewport === seen ? box : boxInView(box, seen, viewport));
    const room = inFilm(textRoom(seen, this.options.insets, this.#pixelScale));
    const covered = this.options.covered.map(([left, top, right, bottom]) => {
      const scale = this.#pixelScale;
      return inFilm([left * scale, top * scale, right * scale, bottom * scale]);
    });
    const scale = ratio * this.#pixelScale * this.options.textScale;
    this.#text.update(states, show, inScene, room, scale, covered);
    this.#unread.update(show.overlays.label ? (this.scene?.facesUnread ?? []) : [], inScene, scale);
  }

  /** Puts the canvas, which has all of the frame, where the view shows the frame. */
  #showFilm(seen: Viewport, film: Viewport): void {
    const ratio = seen.scale / film.scale / this.#pixelScale; // CSS pixels of a film's pixel
    const px = (value: number): string => `${value.toFixed(1)}px`;
    Object.assign(this.canvas.style, {
      inset: "auto",
      left: px(shownLeftPx(seen) / this.#pixelScale - ratio * shownLeftPx(film)),
      top: px(seen.topPx / this.#pixelScale - ratio * film.topPx),
      width: px(ratio * film.view.widthPx),
      height: px(ratio * film.view.heightPx),
    });
  }

  #viewportOf(frame: Size): Viewport {
    return fitFrame(frame, this.#view, this.options.mirrored, this.options.fill, this.#focus.shown);
  }

  #resizeCanvas(): void {
    const { widthPx, heightPx } = this.#film ?? this.#view;
    if (widthPx === this.canvas.width && heightPx === this.canvas.height) return;
    this.#renderer.setSize(widthPx, heightPx, false);
    Object.assign(this.#screen, { right: widthPx, bottom: -heightPx });
    this.#screen.updateProjectionMatrix();
  }

  readonly #onLost = (event: Event): void => {
    event.preventDefault(); // so that the browser restores it
    this.#lost = true;
  };

  readonly #onRestored = (): void => {
    this.#lost = false;
    this.#frame.clear(); // its pixels are gone
    this.assets.dispose();
  };
}
