/**
 * The last video frames as textures, by their capture time.
 *
 * A scene is drawn over the very frame that it was found in, so that what hangs on a face does not lag behind it.
 */

import { LinearFilter, NoColorSpace, Texture, type WebGLRenderer } from "three";

import type { Size } from "./viewport";

export type FrameSource = HTMLVideoElement | ImageBitmap | HTMLCanvasElement;

/** The frame that is shown, the one that inference has, and some more for pictures that no scene belongs to. */
const SLOTS = 4;
/** Where the newest scene is older than this, people see the newest frame instead: they want to see themselves. */
export const LONGEST_DELAY_S = 0.6;

interface Slot {
  texture: Texture;
  timeS: number;
  size: Size;
}

export class FrameRing {
  readonly #slots: Slot[] = [];
  #next = 0;

  /** Takes over a frame: its pixels are on the graphics card when this returns. */
  push(renderer: WebGLRenderer, source: FrameSource, size: Size, timeS: number): void {
    const slot = this.#slot(size);
    slot.timeS = timeS;
    slot.texture.image = source;
    slot.texture.needsUpdate = true;
    renderer.initTexture(slot.texture);
  }

  /** The frame to show with a scene of that time; undefined while there is none at all. */
  frameFor(sceneTimeS: number | undefined): { texture: Texture; size: Size; timeS: number } | undefined {
    const index = frameIndex(
      this.#slots.map((slot) => slot.timeS),
      sceneTimeS,
    );
    return index === undefined ? undefined : this.#slots[index];
  }

  clear(): void {
    for (const { texture } of this.#slots) texture.dispose();
    this.#slots.length = 0;
    this.#next = 0;
  }

  #slot(size: Size): Slot {
    const old = this.#slots[this.#next];
    if (!old || old.size.widthPx !== size.widthPx || old.size.heightPx !== size.heightPx) {
      old?.texture.dispose();
      this.#slots[this.#next] = { texture: new FrameTexture(), timeS: 0, size };
    }
    const slot = this.#slots[this.#next];
    this.#next = (this.#next + 1) % SLOTS;
    return slot;
  }
}

/** Which of the frames to show: the scene's own, unless it is gone or too old; else the newest. */
export function frameIndex(timesS: readonly number[], sceneTimeS: number | undefined): number | undefined {
  if (timesS.length === 0) return undefined;
  const newest = timesS.indexOf(Math.max(...timesS));
  if (sceneTimeS === undefined || timesS[newest] - sceneTimeS > LONGEST_DELAY_S) return newest;
  const own = timesS.indexOf(sceneTimeS);
  return own < 0 ? newest : own;
}

/** Like three's `VideoTexture`, but it takes a frame only when it is told to. */
class FrameTexture extends Texture {
  readonly isVideoTexture = true; // its size is the video's own, which may change

  override colorSpace = NoColorSpace; // shown as it is
  override generateMipmaps = false;
  override minFilter = LinearFilter;
  override magFilter = LinearFilter;
  override flipY = false;

  /** Called by the renderer before each use. */
  update(): void {
    // frames come by `push` alone
  }
}
