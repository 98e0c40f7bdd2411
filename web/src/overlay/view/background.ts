/** The video frame as the lowest layer of the view, mirrored where the viewport is. */

import { Mesh, PlaneGeometry, ShaderMaterial, type Texture } from "three";

import { shownLeftPx, type Viewport } from "./viewport";

const VERTEX = /* glsl */ `
  uniform float mirrored;
  varying vec2 place;
  void main() {
    place = vec2(mirrored > 0.5 ? 1.0 - uv.x : uv.x, 1.0 - uv.y);
    gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
  }`;
const FRAGMENT = /* glsl */ `
  uniform sampler2D map;
  varying vec2 place;
  void main() { gl_FragColor = vec4(texture2D(map, place).rgb, 1.0); }`;

export class Background {
  readonly mesh: Mesh<PlaneGeometry, ShaderMaterial>;

  constructor() {
    const uniforms = { map: { value: null as Texture | null }, mirrored: { value: 0 } };
    const material = new ShaderMaterial({ vertexShader: VERTEX, fragmentShader: FRAGMENT, uniforms, depthTest: false, depthWrite: false });
    this.mesh = new Mesh(new PlaneGeometry(1, 1), material);
    this.mesh.frustumCulled = false;
  }

  show(texture: Texture, viewport: Viewport): void {
    const width = viewport.scale * viewport.frame.widthPx;
    const height = viewport.scale * viewport.frame.heightPx;
    this.mesh.position.set(shownLeftPx(viewport) + width / 2, -viewport.topPx - height / 2, 0);
    this.mesh.scale.set(width, height, 1);
    this.mesh.material.uniforms["map"]!.value = texture;
    this.mesh.material.uniforms["mirrored"]!.value = viewport.mirrored ? 1 : 0;
  }

  dispose(): void {
    this.mesh.geometry.dispose();
    this.mesh.material.dispose();
  }
}
