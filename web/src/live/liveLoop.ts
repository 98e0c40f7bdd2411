/** Camera, inference and drawing, none of which waits for another: the latest frame wins, and is drawn with its scene. */

import type { Camera } from "../camera/types";
import { isSoftwareRenderer } from "../graphics";
import type { Stage } from "../overlay/stage/stage";
import type { Perception, Scene, ShownFrame } from "../types";
import { DrawClock } from "./drawClock";
import { FrameFeed } from "./frameFeed";
import { DRAWING_STEPS, INFERENCE_STEPS, Ladder } from "./ladder";
import { toPng } from "./snapshot";
import { type Stats, StatsMeter } from "./stats";

/** Longest step of the animation clock, so that no animation jumps after a pause. */
const LONGEST_TICK_S = 0.1;
/** In how many scenes a face is seen before it is drawn. */
const SIGHTINGS = 3;

export class LiveLoop {
  readonly #meter = new StatsMeter();
  readonly #inference = new Ladder({ steps: INFERENCE_STEPS.length, slowMs: 65, fastMs: 30 });
  readonly #drawing = new Ladder({ steps: DRAWING_STEPS.length, first: isSoftwareRenderer() ? 3 : 0, slowMs: 30, fastMs: 18 });
  readonly #listeners = new Set<(scene: Scene) => void>();
  readonly #detach: (() => void)[] = [];
  #clockS = 0;
  #lastS = 0;
  readonly #feed: FrameFeed;
  readonly #drawn = new DrawClock();
  #request = 0;
  #filming = false;
  /** Scenes of earlier frames are discarded: they are of another camera. */
  #sinceS = -Infinity;
  #sizeCss = { width: 1, height: 1 };

  constructor(
    readonly stage: Stage,
    camera: Camera,
    private readonly perception: Perception,
    /** Limits the number of faces below what inference could do. */
    private readonly mostFaces = 4,
  ) {
    this.#feed = new FrameFeed(camera, perception); // first, so that inference has its next frame while this one is drawn
    this.#detach.push(perception.onFrame((frame) => this.#takeFrame(frame)));
    stage.options.sightings = SIGHTINGS;
    this.#configure();
    this.#lastS = performance.now() / 1000;
    this.#request = requestAnimationFrame(this.#draw);
  }

  get paused(): boolean {
    return this.#feed.paused;
  }

  /** How frames get from the camera to inference. */
  get path(): FrameFeed["path"] {
    return this.#feed.path;
  }

  /** While paused the picture is frozen and nothing is inferred; overlays can still be changed. */
  set paused(paused: boolean) {
    this.#feed.paused = paused;
  }

  /** Forgets everything, as for another camera: scenes of frames in progress are discarded. */
  restart(): void {
    this.#sinceS = performance.now() / 1000;
    this.stage.clear();
    this.perception.reset();
  }

  onScene(listener: (scene: Scene) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  resize(widthCss: number, heightCss: number): void {
    this.#sizeCss = { width: widthCss, height: heightCss };
    const { pixels: most } = DRAWING_STEPS[this.#drawing.step];
    const wanted = Math.min(window.devicePixelRatio, 2);
    const affordable = Math.sqrt(most / Math.max(widthCss * heightCss, 1));
    this.stage.resize(widthCss, heightCss, Math.min(wanted, affordable));
  }

  /** A picture of all of the camera's frame with what is drawn on it. Rejects with the key error.snapshot. */
  async snapshot(): Promise<Blob> {
    const png = this.stage.drawWhole(this.#clockS, toPng);
    if (!png) throw new Error("error.snapshot"); // there is no frame yet
    return png;
  }

  /** While a film is made, the canvas has the camera's size, however slow that is. */
  set filming(filming: boolean) {
    this.#filming = filming;
    this.stage.filmSize = filming ? this.stage.frameSize : undefined;
    this.stage.render(this.#clockS);
  }

  stats(): Stats {
    return this.#meter.read();
  }

  close(): void {
    cancelAnimationFrame(this.#request);
    this.#feed.close();
    for (const detach of this.#detach) detach();
    this.#listeners.clear();
  }

  #takeFrame({ picture, timeS, scene }: ShownFrame): void {
    if (this.paused || timeS < this.#sinceS) return;
    this.stage.pushFrame(picture, picture);
    if (scene) this.stage.setScene(scene);
    const nowS = performance.now() / 1000;
    if (this.#drawn.came(nowS)) this.#render(); // now, so that the display's next frame has it
    if (scene) this.#takeScene(scene, nowS);
  }

  #takeScene(scene: Scene, nowS: number): void {
    this.#meter.found(scene, nowS);
    if (this.#inference.measure(scene.timingsMs.total ?? 0, nowS)) this.#configure();
    for (const listener of this.#listeners) listener(scene);
  }

  readonly #draw = (): void => {
    this.#request = requestAnimationFrame(this.#draw);
    const nowS = performance.now() / 1000;
    const tickS = nowS - this.#lastS;
    this.#lastS = nowS;
    if (!this.paused && !matchMedia("(prefers-reduced-motion: reduce)").matches) this.#clockS += Math.min(tickS, LONGEST_TICK_S);
    else if (!this.paused) this.#clockS += Math.min(tickS, LONGEST_TICK_S) * 0.15; // almost still
    const { draw, measured } = this.#drawn.tick(nowS, DRAWING_STEPS[this.#drawing.step].everyS);
    if (draw) this.#render();
    // a hidden page draws nothing, which is no measure of its speed; a film has a fixed size
    const counts = measured && tickS < 0.5 && !this.#filming;
    if (counts && this.#drawing.measure(1000 * tickS, nowS)) this.resize(this.#sizeCss.width, this.#sizeCss.height);
  };

  #render(): void {
    this.stage.render(this.#clockS);
    this.#meter.drew(performance.now() / 1000);
  }

  #configure(): void {
    const { maxFaces, classifyEveryS } = INFERENCE_STEPS[this.#inference.step];
    this.perception.configure({ maxFaces: Math.min(maxFaces, this.mostFaces), classifyEveryS, restful: true });
  }
}
