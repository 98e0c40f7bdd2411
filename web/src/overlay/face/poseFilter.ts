/** The One-Euro filter on the position and rotation of a head (Casiez et al., 2012). */

import { Matrix4, Quaternion, Vector3 } from "three";

export interface PoseFilterOptions {
  /** Cutoff at rest; lower removes more noise. */
  readonly minimumCutoffHz: number;
  /** Hz per unit of speed: per head width a second for the place, per radian a second for the turn. */
  readonly beta: number;
  /** Of the speed estimate itself. */
  readonly derivativeCutoffHz: number;
}

/** Weak, since the landmarks are filtered already: it removes the noise that fitting the pose adds. */
export const POSE_FILTER: PoseFilterOptions = { minimumCutoffHz: 4, beta: 14, derivativeCutoffHz: 3 };

export const HEAD_WIDTH_CM = 15;
/** A pause of this length, or a jump of this size, restarts the filter, so that the result does not lag behind. */
export const LONGEST_STEP_S = 0.5;
export const LONGEST_JUMP_CM = 25;

export class PoseFilter {
  readonly position = new Vector3();
  readonly quaternion = new Quaternion();
  readonly #scale = new Vector3();
  readonly #newPosition = new Vector3();
  readonly #newQuaternion = new Quaternion();
  readonly #matrix = new Matrix4();
  #speed = 0;
  #turning = 0;
  #timeS = Number.NaN;

  constructor(private readonly options: PoseFilterOptions = POSE_FILTER) {}

  /** Takes a head-to-camera matrix (column-major) captured at `timeS`; `position` and `quaternion` hold the result. */
  update(pose: ArrayLike<number>, timeS: number): void {
    this.#matrix.fromArray(pose).decompose(this.#newPosition, this.#newQuaternion, this.#scale);
    const stepS = timeS - this.#timeS;
    if (stepS === 0) return; // the same scene again
    const jumpCm = this.#newPosition.distanceTo(this.position);
    if (!(stepS > 0) || stepS > LONGEST_STEP_S || jumpCm > LONGEST_JUMP_CM) {
      this.#begin(timeS);
      return;
    }
    this.#timeS = timeS;
    const smoothing = blend(this.options.derivativeCutoffHz, stepS);
    this.#speed += smoothing * (jumpCm / HEAD_WIDTH_CM / stepS - this.#speed);
    this.#turning += smoothing * (this.quaternion.angleTo(this.#newQuaternion) / stepS - this.#turning);
    this.position.lerp(this.#newPosition, this.#weight(this.#speed, stepS));
    this.quaternion.slerp(this.#newQuaternion, this.#weight(this.#turning, stepS));
  }

  /** Resets the filter: the next pose passes unfiltered. */
  reset(): void {
    this.#timeS = Number.NaN;
  }

  #begin(timeS: number): void {
    this.#timeS = timeS;
    this.#speed = this.#turning = 0;
    this.position.copy(this.#newPosition);
    this.quaternion.copy(this.#newQuaternion);
  }

  #weight(speed: number, stepS: number): number {
    return blend(this.options.minimumCutoffHz + this.options.beta * Math.abs(speed), stepS);
  }
}

/** Weight of the new value in a low-pass filter. */
function blend(cutoffHz: number, stepS: number): number {
  return 1 / (1 + 1 / (2 * Math.PI * cutoffHz * stepS));
}
