/**
 * The last video frames as textures, by their capture time.
 *
 * A scene is drawn over its own frame, so that overlays do not lag behind the face.
 */

import { LinearFilter, NoColorSpace, Texture, type WebGLRenderer } from "three";

import type { Size } from "./viewport";

export type FrameSource = HTMLVideoElement | ImageBitmap | HTMLCanvasElement;

/** The frame that is shown, the one in inference, and one between. */
const SLOTS = 3;
/** The slot of frames without a scene: they must not replace frames that wait for their scene. */
const PASSING = SLOTS;
/** When the newest scene is older than this, the newest frame is shown instead. */
export const LONGEST_DELAY_S = 1.2;

interface Slot {
  texture: Texture;
  timeS: number;
  size: Size;
}

export class FrameRing {
  readonly #slots: (Slot | undefined)[] = [];
  #next = 0;

  /** Uploads a frame: its pixels are on the GPU when this returns. */
  push(renderer: WebGLRenderer, source: FrameSource, size: Size, timeS: number, passing = false): void {
    const slot = this.#slot(passing ? PASSING : this.#next, size);
    if (!passing) this.#next = (this.#next + 1) % SLOTS;
    slot.timeS = timeS;
    slot.texture.image = source;
    slot.texture.needsUpdate = true;
    renderer.initTexture(slot.texture);
  }

  /** The frame to show with a scene of that time; undefined while there is none. */
  frameFor(sceneTimeS: number | undefined): { texture: Texture; size: Size; timeS: number } | undefined {
    const slots = this.#slots.filter((slot) => slot !== undefined);
    const index = frameIndex(
      slots.map((slot) => slot.timeS),
      sceneTimeS,
    );
    return index === undefined ? undefined : slots[index];
  }

  clear(): void {
    for (const slot of this.#slots) slot?.texture.dispose();
    this.#slots.length = 0;
    this.#next = 0;
  }

  #slot(index: number, size: Size): Slot {
    const old = this.#slots[index];
    if (old && old.size.widthPx === size.widthPx && old.size.heightPx === size.heightPx) return old;
    old?.texture.dispose();
    const slot = { texture: new FrameTexture(), timeS: 0, size };
    this.#slots[index] = slot;
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

/** Like three's `VideoTexture`, but it is updated by `push` only. */
class FrameTexture extends Texture {
  readonly isVideoTexture = true; // its size is the video's, which may change

  override colorSpace = NoColorSpace; // shown without conversion
  override generateMipmaps = false;
  override minFilter = LinearFilter;
  override magFilter = LinearFilter;
  override flipY = false;

  /** Called by the renderer before each use. */
  update(): void {
    // `push` updates it
  }
}
