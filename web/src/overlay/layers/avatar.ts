/** The avatar: a fox's head over the person's, driven by pose, brows, eyes and mouth. */

import { Group, Mesh } from "three";

import { loadMeasureNetwork, type MeasureNetwork, type Movements } from "../../face/measureNetwork";
import { measure, type Measures } from "../../face/measures";
import { MINIMUM_CONFIDENCE, Rest } from "../../face/rest";
import type { FaceState } from "../face/faceState";
import type { Layer, Show } from "../layer";
import { AT_REST, avatarFace, blendFaces, PERSON_AT_REST } from "./avatarFace";
import { brow, eye, type Eye, headParts, Mouth, setBrow, setLids } from "./avatarParts";

const LARGER = 1.12; // than the average head, so that hair does not stick out
const MAXIMUM_YAW_DEG = 30; // beyond it the network's values agree little with MediaPipe's (docs/measures.md)
const FOLLOW_TIME_S = 0.06;
const NEUTRAL_TIME_S = 4; // the person's face at rest is averaged while its label is neutral

export class AvatarLayer implements Layer {
  readonly root = new Group();
  readonly #head = new Group();
  readonly #mouth = new Mouth();
  readonly #eyes: [Eye, Eye] = [eye(1), eye(-1)];
  readonly #brows: [Mesh, Mesh] = [brow(1), brow(-1)];
  #face = AT_REST;
  #neutral: Measures = PERSON_AT_REST;
  #timeS = Number.NaN;
  /** Fetched when the avatar is first shown; lengths do without it. */
  #network: MeasureNetwork | undefined;
  #rest: Rest | undefined;
  #fetching: Promise<void> | undefined;

  constructor() {
    this.#head.matrixAutoUpdate = false;
    const fox = new Group();
    fox.add(headParts(), this.#mouth.root, ...this.#eyes.map((part) => part.root), ...this.#brows);
    fox.scale.setScalar(LARGER);
    this.#head.add(fox);
    this.#head.traverse((node) => (node.frustumCulled = false));
    this.root.add(this.#head);
    this.root.visible = false;
  }

  update(state: FaceState, _show: Show, enabled: boolean): void {
    this.root.visible = enabled;
    if (!enabled) return;
    this.#fetching ??= loadMeasureNetwork().then(
      (network) => {
        this.#network = network;
        this.#timeS = Number.NaN; // a photo has one scene
      },
      (error: unknown) => console.warn("the avatar does without the network of its measures:", error),
    );
    this.#head.matrix.copy(state.matrix);
    this.#head.matrixWorldNeedsUpdate = true;
    this.#follow(state);
    const [left, right] = this.#eyes;
    setLids(left, this.#face.eyeLeft, this.#face.smileLeft);
    setLids(right, this.#face.eyeRight, this.#face.smileRight);
    setBrow(this.#brows[0], 1, this.#face.browLeft, this.#face.browTilt);
    setBrow(this.#brows[1], -1, this.#face.browRight, this.#face.browTilt);
    this.#mouth.set(this.#face);
  }

  dispose(): void {
    this.#mouth.dispose();
  }

  #follow(state: FaceState): void {
    const { timeS } = state.scene;
    const stepS = timeS - this.#timeS;
    if (stepS === 0) return;
    this.#timeS = timeS;
    const now = measure(state.face.landmarksPx, state.face.pose);
    this.#averageNeutral(state, now, stepS);
    const shares = state.face.quality.usable ? state.face.expression.ferplus : [];
    const share = stepS > 0 ? 1 - Math.exp(-stepS / FOLLOW_TIME_S) : 1;
    const movements = this.#movements(state, stepS);
    this.#face = blendFaces(this.#face, avatarFace(now, this.#neutral, shares, movements), share);
  }

  /** Of the network, from the person's own rest; undefined where the face cannot be measured, as in Python. */
  #movements({ face, label }: FaceState, stepS: number): Movements | undefined {
    if (!this.#network || !face.quality.usable || Math.abs(face.quality.yawDeg) > MAXIMUM_YAW_DEG) return undefined;
    const values = this.#network.values(face.landmarksPx);
    this.#rest ??= new Rest(this.#network.rest);
    if (label === "neutral" && face.expression.confidence >= MINIMUM_CONFIDENCE && stepS > 0) this.#rest.learn(values, stepS);
    return this.#network.movementsOf(values, this.#rest.values);
  }

  #averageNeutral(state: FaceState, now: Measures, stepS: number): void {
    if (state.label !== "neutral" || !(stepS > 0)) return;
    const share = 1 - Math.exp(-Math.min(stepS, 0.2) / NEUTRAL_TIME_S);
    const entries = Object.entries(this.#neutral).map(([name, value]: [string, number]) => [
      name,
      value + share * (now[name as keyof Measures] - value),
    ]);
    this.#neutral = Object.fromEntries(entries) as unknown as Measures;
  }
}
