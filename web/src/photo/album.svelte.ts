/** The pictures of the photo screen, recognised one after the other. */

import type { Scene } from "../types";
import { messageKey } from "../ui/engine.svelte";
import type { Refusal } from "./fileKind";
import { decodePicture, NoPicture, scaledCopy } from "./picture";

const THUMBNAIL_PX = 144;

export interface Photo {
  readonly file: Blob;
  readonly name: string;
  readonly state: "waiting" | "busy" | "done" | "failed";
  readonly scene?: Scene;
  /** Of the file. */
  readonly size?: { readonly widthPx: number; readonly heightPx: number };
  /** Address of a small picture. */
  readonly thumbnail?: string;
  /** Message key, and the format that it names. */
  readonly error?: Pick<Refusal, "format"> & { readonly key: string };
}

export class Album {
  photos = $state.raw<readonly Photo[]>([]);
  chosen = $state(0);
  /** The chosen picture, as large as it was searched; kept for one only, since pictures need much memory. */
  shown = $state.raw<ImageBitmap>();
  #batch = 0;

  /** @param recognise finds the faces of a picture, and closes it */
  constructor(private readonly recognise: (picture: ImageBitmap) => Promise<Scene>) {}

  get busy(): boolean {
    return this.photos.some(({ state }) => state === "waiting" || state === "busy");
  }

  /** Shows these files in place of the former ones. */
  async open(files: readonly Blob[]): Promise<void> {
    this.close();
    const batch = this.#batch;
    this.photos = files.map((file) => ({ file, name: file instanceof File ? file.name : "", state: "waiting" }));
    for (let i = 0; i < files.length && batch === this.#batch; i++) await this.#read(i, batch);
  }

  /** Shows another one of the pictures. */
  async choose(index: number): Promise<void> {
    this.chosen = index;
    this.#show(undefined);
    const { file, state } = this.photos[index];
    if (state !== "done") return;
    const picture = await searched(file).catch(() => undefined);
    if (this.chosen === index && this.photos[index]?.file === file) this.#show(picture?.copy);
    else picture?.copy.close();
  }

  /** Forgets all of them. */
  close(): void {
    this.#batch++;
    this.photos = [];
    this.chosen = 0;
    this.#show(undefined);
  }

  async #read(index: number, batch: number): Promise<void> {
    const update = (changed: Partial<Photo>): void => {
      if (batch === this.#batch) this.photos = this.photos.map((photo, i) => (i === index ? { ...photo, ...changed } : photo));
    };
    update({ state: "busy" });
    try {
      const { copy, size } = await searched(this.photos[index].file);
      update({ size, thumbnail: await thumbnailOf(copy) });
      const scene = await this.recognise(await createImageBitmap(copy));
      update({ state: "done", scene });
      if (batch === this.#batch && index === this.chosen) this.#show(copy);
      else copy.close();
    } catch (problem) {
      const key = problem instanceof NoPicture ? problem.refusal.key : messageKey(problem);
      if (key === "error.unknown") console.error(problem);
      update({ state: "failed", error: problem instanceof NoPicture ? problem.refusal : { key } });
    }
  }

  #show(picture: ImageBitmap | undefined): void {
    this.shown?.close();
    this.shown = picture;
  }
}

/** A file's picture as large as it is searched, and its own size. */
async function searched(file: Blob): Promise<{ readonly copy: ImageBitmap; readonly size: NonNullable<Photo["size"]> }> {
  const full = await decodePicture(file);
  const copy = await scaledCopy(full);
  const size = { widthPx: full.width, heightPx: full.height };
  full.close();
  return { copy, size };
}

async function thumbnailOf(picture: ImageBitmap): Promise<string> {
  const small = await scaledCopy(picture, THUMBNAIL_PX);
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: small.width, height: small.height });
  canvas.getContext("2d")!.drawImage(small, 0, 0);
  small.close();
  return canvas.toDataURL("image/jpeg", 0.8);
}
