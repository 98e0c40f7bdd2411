/** Content packs as `scripts/content.mjs` writes them from the TOML files that Python reads (docs/content-packs.md). */

export interface Quote {
  /** A line break is kept, as in verse. */
  readonly text: string;
  readonly author: string;
  readonly work?: string;
  /** Of `text`; missing where it is in the author's words. */
  readonly translator?: string;
  /** Of `text`, as in BCP 47. */
  readonly language?: string;
}

export type Triple = readonly [number, number, number];

/** Position of a sticker on the head. Offsets are in eye distances: to the person's left, up, out of the face. */
export interface Place {
  readonly at: string;
  readonly offset: Triple;
  readonly turnDeg: number;
  readonly tiltDeg: number;
  readonly mirror: boolean;
}

export interface Sticker {
  readonly name: string;
  readonly file: string;
  /** Width in eye distances. */
  readonly size: number;
  /** Width over height. */
  readonly aspect: number;
  readonly places: readonly Place[];
  /** Drawn instead of the file. */
  readonly text?: string;
}

export interface FacePaint {
  readonly name: string;
  readonly file: string;
  readonly opacity: number;
  /** 0 multiplies the skin's colour (ink), 1 covers it (make-up). */
  readonly cover: number;
}

export interface HeadObject {
  readonly name: string;
  readonly file: string;
  readonly at: string;
  readonly offset: Triple;
  readonly scale: number;
}

export type ByLabel<T> = Readonly<Partial<Record<string, readonly T[]>>>;

export interface ContentPack {
  readonly id: string;
  readonly name: string;
  readonly licence: string;
  readonly quotes: ByLabel<Quote>;
  readonly stickers: ByLabel<Sticker>;
  readonly facepaints: ByLabel<FacePaint>;
  readonly objects: ByLabel<HeadObject>;
}

export interface PackName {
  readonly id: string;
  readonly name: string;
}

export const DEFAULT_PACK = "default";

/** The address of a pack's file. */
export function packUrl(packId: string, file: string): string {
  return new URL(`content/${packId}/${file}`, document.baseURI).href;
}

/** The packs that this site has. Rejects with the message key `error.content`. */
export async function listPacks(): Promise<readonly PackName[]> {
  return fetchJson<readonly PackName[]>(new URL("content/packs.json", document.baseURI).href);
}

export async function loadPack(packId: string): Promise<ContentPack> {
  return fetchJson<ContentPack>(packUrl(packId, "pack.json"));
}

async function fetchJson<T>(url: string): Promise<T> {
  const answer = await fetch(url).catch(() => undefined);
  if (!answer?.ok) throw new Error("error.content");
  return (await answer.json()) as T;
}
