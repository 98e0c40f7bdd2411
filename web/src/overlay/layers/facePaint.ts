/** Face paint: a texture on the mesh, blended with the skin and faded where the face turns away. */

import {
  AddEquation,
  BufferAttribute,
  BufferGeometry,
  CustomBlending,
  DstColorFactor,
  Group,
  Mesh,
  OneFactor,
  OneMinusSrcAlphaFactor,
  ShaderMaterial,
  type Texture,
} from "three";

import { CANONICAL_FACE } from "../../canonical";
import { pickContent } from "../../content/pickContent";
import { EYES_AND_MOUTH } from "../../faceLandmarks";
import type { FaceState } from "../face/faceState";
import type { Layer, Show } from "../layer";

const TEXTURE_PX = 1024;
const FADE_TIME_S = 0.25;

const VERTEX = /* glsl */ `
  attribute float facing;
  varying vec2 place;
  varying float shown;
  void main() {
    place = vec2(uv.x, 1.0 - uv.y);
    shown = smoothstep(0.08, 0.42, facing);
    gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
  }`;
const FRAGMENT = /* glsl */ `
  uniform sampler2D map;
  uniform float strength;
  varying vec2 place;
  varying float shown;
  void main() {
    // the texture stays in sRGB, since the video is drawn without conversion too
    gl_FragColor = texture2D(map, place) * strength * shown;
  }`;

/** The mesh without the triangles of the eyes and the mouth, which stay unpainted. */
export function openTriangles(): Uint16Array {
  const holes = EYES_AND_MOUTH.map((outline) => new Set(outline));
  const kept: number[] = [];
  const { triangles } = CANONICAL_FACE;
  for (let i = 0; i < triangles.length; i += 3) {
    const corners = [triangles[i], triangles[i + 1], triangles[i + 2]];
    if (!holes.some((hole) => corners.every((corner) => hole.has(corner)))) kept.push(...corners);
  }
  return Uint16Array.from(kept);
}

const UV_ATTRIBUTE = new BufferAttribute(CANONICAL_FACE.uv, 2);
const OPEN_TRIANGLES = new BufferAttribute(openTriangles(), 1);

export class FacePaintLayer implements Layer {
  readonly root = new Group();
  readonly #geometry = new BufferGeometry();
  /** The same paint twice: covering, so that light paint is visible, and as ink, so that the skin's shading is. */
  readonly #cover = paintMaterial(false);
  readonly #ink = paintMaterial(true);
  #shown = 0;
  #file = "";
  #clockS = 0;

  constructor(state: FaceState) {
    this.#geometry.setAttribute("position", new BufferAttribute(state.positions, 3));
    this.#geometry.setAttribute("facing", new BufferAttribute(state.facing, 1));
    this.#geometry.setAttribute("uv", UV_ATTRIBUTE);
    this.#geometry.setIndex(OPEN_TRIANGLES);
    for (const material of [this.#cover, this.#ink]) {
      const mesh = new Mesh(this.#geometry, material);
      mesh.frustumCulled = false;
      mesh.renderOrder = -5;
      this.root.add(mesh);
    }
  }

  update(state: FaceState, show: Show, enabled: boolean): void {
    const paint = enabled && show.pack ? pickContent(show.pack.facepaints, state.face, show.seed, "facepaint") : undefined;
    const map = paint && show.pack ? srgb(show.assets.texture(show.pack.id, paint.file, TEXTURE_PX)) : undefined;
    this.#fade(paint?.file ?? "", map !== undefined, show.clockS);
    this.root.visible = map !== undefined;
    if (!paint || !map) return;
    this.#geometry.attributes["position"]!.needsUpdate = true;
    this.#geometry.attributes["facing"]!.needsUpdate = true;
    for (const material of [this.#cover, this.#ink]) material.uniforms["map"]!.value = map;
    this.#cover.uniforms["strength"]!.value = this.#shown * paint.opacity * paint.cover;
    this.#ink.uniforms["strength"]!.value = this.#shown * paint.opacity * (1 - paint.cover);
  }

  dispose(): void {
    this.#geometry.dispose();
    this.#cover.dispose();
    this.#ink.dispose();
  }

  #fade(file: string, there: boolean, clockS: number): void {
    if (file !== this.#file) this.#shown = 0;
    else if (there) this.#shown = Math.min(this.#shown + Math.max(clockS - this.#clockS, 0) / FADE_TIME_S, 1);
    this.#file = file;
    this.#clockS = clockS;
  }
}

/** Paint is blended in sRGB values, not in linear light. */
function srgb(texture: Texture | undefined): Texture | undefined {
  if (texture && texture.colorSpace !== "") {
    texture.colorSpace = "";
    texture.needsUpdate = true;
  }
  return texture;
}

function paintMaterial(ink: boolean): ShaderMaterial {
  return new ShaderMaterial({
    vertexShader: VERTEX,
    fragmentShader: FRAGMENT,
    uniforms: { map: { value: null }, strength: { value: 0 } },
    transparent: true,
    depthWrite: false,
    blending: CustomBlending,
    blendEquation: AddEquation,
    blendSrc: ink ? DstColorFactor : OneFactor, // colours are premultiplied
    blendDst: OneMinusSrcAlphaFactor,
    blendSrcAlpha: OneFactor,
    blendDstAlpha: OneMinusSrcAlphaFactor,
  });
}
