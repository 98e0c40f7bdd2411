/** Drawings and 3D objects of content packs, each loaded once, when it is first used. */

import { CanvasTexture, type Material, Mesh, type Object3D, SRGBColorSpace, type Texture } from "three";
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";

import { affordable } from "../graphics";
import { mergeParts } from "./merge";
import { packUrl, type Sticker } from "./pack";
import { textTexture } from "./textSticker";

type Loaded<T> = { readonly value?: T };

export class Assets {
  readonly #textures = new Map<string, { value?: Texture }>();
  readonly #objects = new Map<string, { value?: Object3D }>();
  readonly #loader = new GLTFLoader();

  /** A drawing as a texture, `widthPx` wide; undefined until it is loaded. */
  texture(packId: string, file: string, widthPx = 512): Texture | undefined {
    return this.#once(this.#textures, packUrl(packId, file), (url) => loadDrawing(url, widthPx));
  }

  /** A text as a texture. */
  text(sticker: Sticker): Texture {
    const key = `text:${sticker.aspect}:${sticker.text}`;
    const made = this.#textures.get(key)?.value ?? textTexture(sticker);
    this.#textures.set(key, { value: made });
    return made;
  }

  /** A 3D object, to be cloned; undefined until it is loaded. */
  object(packId: string, file: string): Object3D | undefined {
    return this.#once(this.#objects, packUrl(packId, file), async (url) => prepared((await this.#loader.loadAsync(url)).scene));
  }

  /** Frees the textures; they are drawn again when they are used again. */
  dispose(): void {
    for (const { value } of this.#textures.values()) value?.dispose();
    this.#textures.clear();
    this.#objects.clear();
  }

  #once<T>(cache: Map<string, Loaded<T>>, url: string, load: (url: string) => Promise<T>): T | undefined {
    const known = cache.get(url);
    if (known) return known.value;
    const entry: { value?: T } = {};
    cache.set(url, entry);
    load(url).then(
      (value) => (entry.value = value),
      (error: unknown) => console.warn(`${url} cannot be shown:`, error),
    );
    return undefined;
  }
}

/** Materials that the device can render fast enough, one for all meshes that share one. */
function prepared(object: Object3D): Object3D {
  const materials = new Map<Material, Material>();
  object.traverse((node) => {
    if (!(node instanceof Mesh)) return;
    const own = node.material as Material;
    if (!materials.has(own)) materials.set(own, affordable(own));
    node.material = materials.get(own);
  });
  mergeParts(object, (node) => node.userData["motion"] !== undefined);
  return object;
}

async function loadDrawing(url: string, widthPx: number): Promise<Texture> {
  const image = new Image();
  image.src = url;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = widthPx;
  canvas.height = Math.round((widthPx * image.naturalHeight) / image.naturalWidth) || widthPx;
  canvas.getContext("2d")!.drawImage(image, 0, 0, canvas.width, canvas.height);
  const texture = new CanvasTexture(canvas);
  texture.colorSpace = SRGBColorSpace;
  texture.premultiplyAlpha = true;
  texture.anisotropy = 4;
  return texture;
}
