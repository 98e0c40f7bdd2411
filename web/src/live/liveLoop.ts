/** Camera, inference and drawing, none of which waits for another: the latest frame wins. */

import type { Camera, CameraFrame } from "../camera/types";
import { isSoftwareRenderer } from "../graphics";
import type { Stage } from "../overlay/stage/stage";
import { LONGEST_DELAY_S } from "../overlay/view/frameRing";
import type { Perception, Scene } from "../types";
import { DRAWING_STEPS, INFERENCE_STEPS, Ladder } from "./ladder";
import { toPng } from "./snapshot";
import { type Stats, StatsMeter } from "./stats";

/** Longest step of the animation clock, so that no animation jumps after a pause. */
const LONGEST_TICK_S = 0.1;
/** A frame that is in inference for longer than this counts as lost. */
const LOST_S = 2.5;
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
  #newest: CameraFrame | undefined;
  #underWayS: number | undefined;
  #request = 0;
  #paused = false;
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
    this.#detach.push(camera.onFrame((frame) => this.#takeFrame(frame)));
    this.#detach.push(perception.onScene((scene) => this.#takeScene(scene)));
    stage.options.sightings = SIGHTINGS;
    this.#configure();
    this.#lastS = performance.now() / 1000;
    this.#request = requestAnimationFrame(this.#draw);
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** While paused the picture is frozen and nothing is inferred; overlays can still be changed. */
  set paused(paused: boolean) {
    this.#paused = paused;
  }

  /** Forgets everything, as for another camera: scenes of frames in progress are discarded. */
  restart(): void {
    this.#sinceS = performance.now() / 1000;
    this.#newest = undefined;
    this.stage.clear();
    this.perception.reset();
  }

  onScene(listener: (scene: Scene) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  resize(widthCss: number, heightCss: number): void {
    this.#sizeCss = { width: widthCss, height: heightCss };
    const most = DRAWING_STEPS[this.#drawing.step];
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
    for (const detach of this.#detach) detach();
    this.#listeners.clear();
  }

  #takeFrame(frame: CameraFrame): void {
    if (this.#paused || frame.widthPx === 0) return;
    this.#newest = frame;
    const submitted = this.#submitNewest();
    // the frames of scenes are shown; without scenes, or with old ones, all frames are
    if (!submitted && frame.timeS - (this.stage.scene?.timeS ?? -Infinity) > LONGEST_DELAY_S) this.#push(frame, true);
  }

  /** Gives the newest frame to inference when it is free, so that no frame waits there and becomes old. */
  #submitNewest(): boolean {
    const frame = this.#newest;
    const nowS = performance.now() / 1000;
    const busy = this.#underWayS !== undefined && nowS - this.#underWayS < LOST_S;
    if (!frame || busy || this.#paused) return false;
    this.#newest = undefined;
    this.#underWayS = nowS;
    this.#push(frame, false);
    void this.#submit(frame);
    return true;
  }

  #push(frame: CameraFrame, passing: boolean): void {
    this.stage.pushFrame(frame.video, { widthPx: frame.widthPx, heightPx: frame.heightPx }, frame.timeS, passing);
  }

  async #submit(frame: CameraFrame): Promise<void> {
    try {
      const { sidePx } = INFERENCE_STEPS[this.#inference.step];
      const scale = Math.min(1, sidePx / Math.max(frame.widthPx, frame.heightPx));
      const smaller = { resizeWidth: Math.round(scale * frame.widthPx), resizeHeight: Math.round(scale * frame.heightPx) };
      const bitmap = await createImageBitmap(frame.video, scale < 1 ? { ...smaller, resizeQuality: "low" } : {});
      this.perception.submit(bitmap, frame.timeS);
    } catch {
      this.#underWayS = undefined; // the camera was switched off between the frame and its copy
    }
  }

  #takeScene(scene: Scene): void {
    this.#underWayS = undefined;
    if (this.#paused) return;
    const nowS = performance.now() / 1000;
    this.#submitNewest();
    if (scene.timeS < this.#sinceS) return;
    this.#meter.found(scene, nowS);
    if (this.#inference.measure(scene.timingsMs.total ?? 0, nowS)) this.#configure();
    this.stage.setScene(scene);
    for (const listener of this.#listeners) listener(scene);
  }

  readonly #draw = (): void => {
    this.#request = requestAnimationFrame(this.#draw);
    const nowS = performance.now() / 1000;
    const tickS = nowS - this.#lastS;
    this.#lastS = nowS;
    if (!this.#paused && !matchMedia("(prefers-reduced-motion: reduce)").matches) this.#clockS += Math.min(tickS, LONGEST_TICK_S);
    else if (!this.#paused) this.#clockS += Math.min(tickS, LONGEST_TICK_S) * 0.15; // almost still
    this.stage.render(this.#clockS);
    this.#meter.drew(nowS);
    // a hidden page draws nothing, which is no measure of its speed; a film has a fixed size
    if (tickS < 0.5 && !this.#filming && this.#drawing.measure(1000 * tickS, nowS)) this.resize(this.#sizeCss.width, this.#sizeCss.height);
  };

  #configure(): void {
    const { maxFaces, classifyEveryS } = INFERENCE_STEPS[this.#inference.step];
    this.perception.configure({ maxFaces: Math.min(maxFaces, this.mostFaces), classifyEveryS });
  }
}
