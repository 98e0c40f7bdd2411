/** The files of the models and the runtime, as `scripts/copy-models.mjs` and `copy-runtime.mjs` write them. */

import { fetchKept } from "./cache";
import type { Decision } from "./face/decide";

export interface ModelFile {
  /** Name within `models/`; it changes with the content. */
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly licence: string;
  readonly author: string;
  readonly purpose: string;
  /** Top-1 on FER2013's `PrivateTest`, 0..1, by label set; nothing for models that name no expression. */
  readonly accuracy: Readonly<Record<string, number>>;
  /** Balanced accuracy of the label that is shown, on the same faces; nothing where it was not measured. */
  readonly balanced: Readonly<Record<string, number>>;
  /** How the label is decided; nothing for models that name no expression. */
  readonly decision: Decision;
}

export interface ModelManifest {
  readonly models: Readonly<Record<string, ModelFile>>;
}

/** Which builds of the runtime there are, in `wasm/`. */
export interface RuntimeManifest {
  readonly version: string;
  /** Folder within `wasm/`; it changes with the content. */
  readonly folder: string;
  /** Size in bytes of each file in it. */
  readonly files: Readonly<Record<string, number>>;
}

/** The message is a message key; details are in `cause` and on the console. */
export class LoadError extends Error {
  constructor(key: "models_missing" | "models_damaged" | "runtime_failed" | "offline", options?: ErrorOptions) {
    super(`error.${key}`, options);
    this.name = "LoadError";
  }
}

/** Fetches JSON of this origin. */
export async function fetchJson<T>(url: string): Promise<T> {
  const response = await fetchOwn(url, fetch);
  try {
    return (await response.json()) as T;
  } catch (cause) {
    throw new LoadError("models_missing", { cause }); // some hosts answer every address with their start page
  }
}

/** The models of this site; `base` is its address. Rejects with a `LoadError`. */
export function fetchManifest(base: string): Promise<ModelManifest> {
  return fetchJson<ModelManifest>(new URL("models/manifest.json", base).href);
}

/** Fetches a file whose name changes with its content; `received` gets the bytes of each chunk. */
export async function fetchBytes(url: string, received: (bytes: number) => void): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetchOwn(url, fetchKept);
  if (!response.body) return new Uint8Array(await response.arrayBuffer());
  const chunks: Uint8Array[] = [];
  const reader = response.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    chunks.push(part.value);
    received(part.value.length);
  }
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** A model's bytes, compared with its hash where the browser can (an insecure page has no `crypto.subtle`). */
export async function fetchModel(
  base: string,
  model: ModelFile,
  received: (bytes: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await fetchBytes(new URL(`models/${model.file}`, base).href, received);
  if ("subtle" in crypto) {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    const sha256 = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
    if (sha256 !== model.sha256) {
      throw new LoadError("models_damaged", { cause: `${model.file} has the hash ${sha256}, not ${model.sha256}` });
    }
  }
  return bytes;
}

async function fetchOwn(url: string, fetcher: (url: string) => Promise<Response>): Promise<Response> {
  let response: Response;
  try {
    response = await fetcher(url);
  } catch (cause) {
    throw new LoadError("offline", { cause });
  }
  if (!response.ok) throw new LoadError("models_missing", { cause: `${url} answered ${response.status}` });
  return response;
}
