/** Motion of the parts of 3D objects: defined by their glTF `extras`, driven by time and the expression's strength. */

import { MathUtils, type Object3D, Quaternion, Vector3 } from "three";

export type Kind = "spin" | "sway" | "bob" | "pulse" | "twinkle" | "stretch" | "shake" | "fall" | "blow";

/** As written in `extras.motion`; lengths in centimetres. */
export interface Motion {
  readonly kind: Kind;
  /** 0: moved by strength alone. */
  readonly period_s?: number;
  /** Degrees for sway, centimetres for bob, shake, fall and blow, a share of the size for the others. */
  readonly amount?: number;
  /** Start within the period, 0..1. */
  readonly phase?: number;
  /** Direction of what is blown. */
  readonly along?: readonly [number, number, number];
  /** Of what is blown, centimetres to the side. */
  readonly sway?: number;
  /** Turns while falling. */
  readonly tumble?: number;
  readonly with_strength?: boolean;
  /** Appears from this strength on. */
  readonly from_strength?: number;
}

/** The change of a part by a motion, relative to its rest state. */
export interface Moved {
  readonly shiftCm: readonly [number, number, number];
  /** About the vertical, then in its plane. */
  readonly turnDeg: number;
  readonly tiltDeg: number;
  readonly scale: readonly [number, number, number];
}

const REST: Moved = { shiftCm: [0, 0, 0], turnDeg: 0, tiltDeg: 0, scale: [1, 1, 1] };
export const GROWS = 0.18; // of strength, over which a part that appears grows to its size
/** Share of the motion at strength 0, of what moves with strength. */
export const LEAST = 0.25;

/** The state of a part at a time, for a strength of 0..1. */
export function movedAt(motion: Motion, timeS: number, strength: number): Moved {
  const { period_s: period = 1, amount = 0, phase = 0, from_strength: from = 0 } = motion;
  const turns = period === 0 ? phase : timeS / period + phase;
  const size = amount * (motion.with_strength ? LEAST + (1 - LEAST) * strength : 1);
  const wave = Math.sin(2 * Math.PI * turns);
  const shown = from > 0 ? MathUtils.clamp((strength - from) / GROWS, 0, 1) : 1;
  return grown(moved(motion, turns, size, wave, strength), shown);
}

function moved(motion: Motion, turns: number, size: number, wave: number, strength: number): Moved {
  const cycle = turns - Math.floor(turns);
  switch (motion.kind) {
    case "spin":
      return { ...REST, turnDeg: 360 * turns };
    case "sway":
      return { ...REST, tiltDeg: size * wave };
    case "bob":
      return { ...REST, shiftCm: [0, size * wave, 0] };
    case "shake":
      return { ...REST, shiftCm: [size * wave, 0, 0], tiltDeg: 6 * size * wave };
    case "pulse":
      return { ...REST, scale: same(1 + size * wave) };
    case "twinkle":
      return { ...REST, scale: same(1 - size * (0.5 - 0.5 * wave)) };
    case "stretch": {
      const by = motion.period_s === 0 ? (motion.amount ?? 0) * (strength - 0.5) : size * 0.5 * wave;
      return { ...REST, scale: [1, 1 + by, 1] };
    }
    case "fall":
      return falling(motion, cycle, size);
    case "blow":
      return blown(motion, cycle, size);
  }
}

function falling(motion: Motion, cycle: number, size: number): Moved {
  const turn = 360 * (motion.tumble ?? 0) * cycle;
  return { shiftCm: [0, -size * cycle, 0], turnDeg: turn, tiltDeg: turn / 2, scale: same(inAndOut(cycle, 0.12)) };
}

function blown(motion: Motion, cycle: number, size: number): Moved {
  const [x, y, z] = motion.along ?? [0, 1, 0];
  const way = size * (1 - (1 - cycle) ** 2); // fast at first
  const aside = (motion.sway ?? 0) * Math.sin(2 * Math.PI * 1.3 * cycle);
  return { ...REST, shiftCm: [x * way + aside, y * way, z * way], scale: same(inAndOut(cycle, 0.25) * (0.45 + 0.9 * cycle)) };
}

/** Rises from 0 at the beginning, and falls to 0 at the end, over that share of the cycle. */
function inAndOut(cycle: number, share: number): number {
  return MathUtils.smoothstep(cycle, 0, share) * (1 - MathUtils.smoothstep(cycle, 1 - share, 1));
}

function grown(state: Moved, by: number): Moved {
  if (by === 1) return state;
  const [x, y, z] = state.scale;
  return { ...state, scale: [x * by, y * by, z * by] };
}

function same(scale: number): [number, number, number] {
  return [scale, scale, scale];
}

interface Part {
  readonly node: Object3D;
  readonly motion: Motion;
  readonly position: Vector3;
  readonly quaternion: Quaternion;
  readonly scale: Vector3;
}

const CENTIMETRE = 0.01; // the unit of glTF is the metre
const VERTICAL = new Vector3(0, 1, 0);
const OUTWARDS = new Vector3(0, 0, 1);

/** The moving parts of one object, with the rest state of each. */
export class MovingParts {
  readonly #parts: Part[] = [];
  readonly #turn = new Quaternion();

  constructor(root: Object3D) {
    root.traverse((node) => {
      const motion = node.userData["motion"] as Motion | undefined;
      if (!motion) return;
      const [position, quaternion, scale] = [node.position.clone(), node.quaternion.clone(), node.scale.clone()];
      this.#parts.push({ node, motion, position, quaternion, scale });
    });
  }

  update(timeS: number, strength: number): void {
    for (const { node, motion, position, quaternion, scale } of this.#parts) {
      const state = movedAt(motion, timeS, strength);
      const [x, y, z] = state.shiftCm;
      node.position.set(position.x + CENTIMETRE * x, position.y + CENTIMETRE * y, position.z + CENTIMETRE * z);
      node.scale.set(scale.x * state.scale[0], scale.y * state.scale[1], scale.z * state.scale[2]);
      node.visible = Math.min(...state.scale) > 1e-3;
      node.quaternion.copy(quaternion);
      this.#rotate(node, VERTICAL, state.turnDeg);
      this.#rotate(node, OUTWARDS, state.tiltDeg);
    }
  }

  #rotate(node: Object3D, axis: Vector3, angleDeg: number): void {
    if (angleDeg !== 0) node.quaternion.multiply(this.#turn.setFromAxisAngle(axis, MathUtils.degToRad(angleDeg)));
  }
}
