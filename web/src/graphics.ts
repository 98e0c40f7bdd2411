/** What the device can draw with: a GPU, or a software renderer. */

import { type Material, MeshLambertMaterial, MeshStandardMaterial, type MeshStandardMaterialParameters } from "three";

let software: boolean | undefined;

/** True where WebGL runs on the processor: then lighting is simpler, and edges are not smoothed. */
export function isSoftwareRenderer(): boolean {
  software ??= probe();
  return software;
}

function probe(): boolean {
  if (typeof document === "undefined") return false;
  const gl = document.createElement("canvas").getContext("webgl2");
  if (!gl) return true;
  const info = gl.getExtension("WEBGL_debug_renderer_info");
  const name = String(gl.getParameter(info?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER));
  gl.getExtension("WEBGL_lose_context")?.loseContext(); // a page may have few contexts
  return /swiftshader|llvmpipe|software|basic render/i.test(name);
}

/** A material that the device can render fast enough. */
export function litMaterial(options: MeshStandardMaterialParameters): MeshStandardMaterial | MeshLambertMaterial {
  const rich = new MeshStandardMaterial(options);
  return isSoftwareRenderer() ? plain(rich) : rich;
}

/** The material itself, or a cheaper one of the same colour. */
export function affordable(material: Material): Material {
  return isSoftwareRenderer() && material instanceof MeshStandardMaterial ? plain(material) : material;
}

function plain(rich: MeshStandardMaterial): MeshLambertMaterial {
  const { color, emissive, opacity, transparent, depthWrite, side, name } = rich;
  return new MeshLambertMaterial({ color, emissive, opacity, transparent, depthWrite, side, name });
}
