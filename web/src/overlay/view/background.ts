/** The video frame as the lowest layer of the view, mirrored where the viewport is. */

import { Mesh, PlaneGeometry, ShaderMaterial, Vector2, Vector3 } from "three";

import type { YuvColours } from "../../image/types";
import type { FrameTextures } from "./frameTexture";
import { shownLeftPx, type Viewport } from "./viewport";

const VERTEX = /* glsl */ `
  uniform float mirrored;
  varying vec2 place;
  void main() {
    place = vec2(mirrored > 0.5 ? 1.0 - uv.x : uv.x, 1.0 - uv.y);
    gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
  }`;
const OF_COLOURS = /* glsl */ `
  uniform sampler2D map;
  varying vec2 place;
  void main() { gl_FragColor = vec4(texture2D(map, place).rgb, 1.0); }`;
const OF_PLANES = /* glsl */ `
  uniform sampler2D map;
  uniform sampler2D cb;
  uniform sampler2D cr;
  uniform vec2 channelOfCr;
  uniform float black;
  uniform float gain;
  uniform vec3 ofCb;
  uniform vec3 ofCr;
  varying vec2 place;
  const float none = 128.0 / 255.0;
  void main() {
    float grey = gain * (texture2D(map, place).r - black);
    float blueness = texture2D(cb, place).r - none;
    float redness = dot(texture2D(cr, place).rg, channelOfCr) - none;
    gl_FragColor = vec4(grey + blueness * ofCb + redness * ofCr, 1.0);
  }`;

export class Background {
  readonly #ofColours = material(OF_COLOURS, ["map", "mirrored"]);
  readonly #ofPlanes = material(OF_PLANES, ["map", "mirrored", "cb", "cr", "channelOfCr", "black", "gain", "ofCb", "ofCr"]);
  readonly mesh = new Mesh(new PlaneGeometry(1, 1), this.#ofColours);

  constructor() {
    this.mesh.frustumCulled = false;
  }

  show({ textures, colours }: FrameTextures, viewport: Viewport): void {
    const width = viewport.scale * viewport.frame.widthPx;
    const height = viewport.scale * viewport.frame.heightPx;
    this.mesh.position.set(shownLeftPx(viewport) + width / 2, -viewport.topPx - height / 2, 0);
    this.mesh.scale.set(width, height, 1);
    this.mesh.material = colours ? this.#ofPlanes : this.#ofColours;
    const [map, cb, cr] = textures;
    set(this.mesh.material, { map, mirrored: viewport.mirrored ? 1 : 0 });
    if (colours) set(this.#ofPlanes, { cb, cr: cr ?? cb, channelOfCr: cr ? new Vector2(1, 0) : new Vector2(0, 1), ...uniformsOf(colours) });
  }

  dispose(): void {
    this.mesh.geometry.dispose();
    this.#ofColours.dispose();
    this.#ofPlanes.dispose();
  }
}

function material(fragmentShader: string, names: readonly string[]): ShaderMaterial {
  const uniforms = Object.fromEntries(names.map((name) => [name, { value: null as unknown }]));
  return new ShaderMaterial({ vertexShader: VERTEX, fragmentShader, uniforms, depthTest: false, depthWrite: false });
}

function set({ uniforms }: ShaderMaterial, values: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(values)) uniforms[name]!.value = value;
}

function uniformsOf({ black, gain, redCr, greenCb, greenCr, blueCb }: YuvColours) {
  return { black: black / 255, gain, ofCb: new Vector3(0, greenCb, blueCb), ofCr: new Vector3(redCr, greenCr, 0) };
}
