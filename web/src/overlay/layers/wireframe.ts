/** The mesh as fine lines: bright where it faces the camera, faded where it turns away, cues in another colour. */

import { BufferAttribute, BufferGeometry, Color, LineSegments, ShaderMaterial } from "three";

import { LANDMARK_COUNT } from "../../canonical";
import { CUES, type CueName } from "../../faceLandmarks";
import { colourOf } from "../../labels";
import type { FaceState } from "../face/faceState";
import { meshEdges } from "../face/head";
import type { Layer, Show } from "../layer";

const VERTEX = /* glsl */ `
  attribute float facing;
  attribute float cue;
  uniform vec3 plain;
  uniform vec3 marked;
  varying vec4 colour;
  void main() {
    float shown = smoothstep(0.02, 0.4, facing);
    colour = vec4(mix(plain, marked, cue), shown * mix(0.55, 1.0, cue));
    gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
  }`;
const FRAGMENT = /* glsl */ `
  varying vec4 colour;
  void main() { gl_FragColor = colour; }`;

const EDGES = new BufferAttribute(meshEdges(), 1);

export class WireframeLayer implements Layer {
  readonly root: LineSegments;
  readonly #geometry = new BufferGeometry();
  readonly #material: ShaderMaterial;
  readonly #cue = new BufferAttribute(new Float32Array(LANDMARK_COUNT), 1);
  #marked = "";

  constructor(state: FaceState) {
    this.#geometry.setAttribute("position", new BufferAttribute(state.positions, 3));
    this.#geometry.setAttribute("facing", new BufferAttribute(state.facing, 1));
    this.#geometry.setAttribute("cue", this.#cue);
    this.#geometry.setIndex(EDGES);
    this.#material = new ShaderMaterial({
      vertexShader: VERTEX,
      fragmentShader: FRAGMENT,
      uniforms: { plain: { value: new Color() }, marked: { value: new Color(1, 0.86, 0.3) } },
      transparent: true,
      depthTest: false, // what turns away is faded, so nothing shines through
    });
    this.root = new LineSegments(this.#geometry, this.#material);
    this.root.frustumCulled = false;
    this.root.renderOrder = 5;
  }

  update(state: FaceState, show: Show, enabled: boolean): void {
    this.root.visible = enabled;
    if (!enabled) return;
    this.#mark(show.cues);
    this.#geometry.attributes["position"]!.needsUpdate = true;
    this.#geometry.attributes["facing"]!.needsUpdate = true;
    const [red, green, blue] = colourOf(state.label ?? "unsure");
    const light = (part: number) => (0.45 * part) / 255 + 0.55;
    (this.#material.uniforms["plain"]!.value as Color).setRGB(light(red), light(green), light(blue));
  }

  #mark(cues: readonly CueName[]): void {
    const key = cues.join();
    if (key === this.#marked) return;
    this.#marked = key;
    const values = this.#cue.array as Float32Array;
    values.fill(0);
    for (const cue of cues) for (const index of CUES[cue]) values[index] = 1;
    this.#cue.needsUpdate = true;
  }

  dispose(): void {
    this.#geometry.dispose();
    this.#material.dispose();
  }
}
