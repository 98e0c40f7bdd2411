/** Camera, inference and drawing, none of which waits for another: the latest frame wins. */

import type { Camera, CameraFrame } from "../camera/types";
import { isSoftwareRenderer } from "../overlay/graphics";
import type { Stage } from "../overlay/stage";
import type { Perception, Scene } from "../types";
import { DRAWING_STEPS, INFERENCE_STEPS, Ladder } from "./ladder";
import { type Stats, StatsMeter } from "./stats";

/** Longest step of the animation clock: after a pause nothing leaps. */
const LONGEST_TICK_S = 0.1;

export class LiveLoop {
  readonly #meter = new StatsMeter();
  readonly #inference = new Ladder({ steps: INFERENCE_STEPS.length, slowMs: 65, fastMs: 30 });
  readonly #drawing = new Ladder({ steps: DRAWING_STEPS.length, first: isSoftwareRenderer() ? 3 : 0, slowMs: 30, fastMs: 18 });
  readonly #listeners = new Set<(scene: Scene) => void>();
  readonly #detach: (() => void)[] = [];
  #clockS = 0;
  #lastS = 0;
  #capturing = false;
  #request = 0;
  #paused = false;
  #sizeCss = { width: 1, height: 1 };
  /** How far scenes may be changed by whoever wants fewer faces. */
  mostFaces = 4;

  constructor(
    readonly stage: Stage,
    camera: Camera,
    private readonly perception: Perception,
  ) {
    this.#detach.push(camera.onFrame((frame) => this.#takeFrame(frame)));
    this.#detach.push(perception.onScene((scene) => this.#takeScene(scene)));
    this.#configure();
    this.#lastS = performance.now() / 1000;
    this.#request = requestAnimationFrame(this.#draw);
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** A paused picture stands still, and nothing is inferred; looks can still be changed. */
  set paused(paused: boolean) {
    this.#paused = paused;
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
    this.stage.pushFrame(frame.video, { widthPx: frame.widthPx, heightPx: frame.heightPx }, frame.timeS);
    void this.#submit(frame);
  }

  async #submit(frame: CameraFrame): Promise<void> {
    if (this.#capturing) return;
    this.#capturing = true;
    try {
      const { sidePx } = INFERENCE_STEPS[this.#inference.step];
      const scale = Math.min(1, sidePx / Math.max(frame.widthPx, frame.heightPx));
      const smaller = { resizeWidth: Math.round(scale * frame.widthPx), resizeHeight: Math.round(scale * frame.heightPx) };
      const bitmap = await createImageBitmap(frame.video, scale < 1 ? { ...smaller, resizeQuality: "low" } : {});
      this.perception.submit(bitmap, frame.timeS);
    } catch {
      // the camera was switched off between the frame and its copy: there is nothing to infer from
    } finally {
      this.#capturing = false;
    }
  }

  #takeScene(scene: Scene): void {
    if (this.#paused) return;
    const nowS = performance.now() / 1000;
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
    else if (!this.#paused) this.#clockS += Math.min(tickS, LONGEST_TICK_S) * 0.15; // calm: almost still
    this.stage.render(this.#clockS);
    this.#meter.drew(nowS);
    // a hidden page draws nothing, which says nothing about its speed
    if (tickS < 0.5 && this.#drawing.measure(1000 * tickS, nowS)) this.resize(this.#sizeCss.width, this.#sizeCss.height);
  };

  #configure(): void {
    const { maxFaces, judgeEveryS } = INFERENCE_STEPS[this.#inference.step];
    this.perception.configure({ maxFaces: Math.min(maxFaces, this.mostFaces), judgeEveryS });
  }
}
