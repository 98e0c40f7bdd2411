/** What the page shows, from its address: `overlay?overlays=label,quote&source=camera 0&language=de#key=KEY`. */

import { OVERLAYS, onlyOverlays, type OverlayName } from "../overlay/overlays";
import type { EnabledOverlays } from "../overlay/layer";

const BOX = "box";
const DEFAULT = "label,quote";

export interface PageOptions {
  readonly overlays: EnabledOverlays;
  /** Whether each face has a frame around it. */
  readonly boxes: boolean;
  readonly source: string | undefined;
  readonly mirrored: boolean;
  readonly language: string | undefined;
  readonly seed: number;
  /** The API key; it is in the fragment, which no server gets. */
  readonly key: string | undefined;
  /** Of the server's socket. */
  readonly socketUrl: string;
}

/** Reads an address. Throws an `Error` with a line for the person who wrote it. */
export function pageOptions(address: string): PageOptions {
  const { protocol, host, searchParams, hash } = new URL(address);
  const source = searchParams.get("source") ?? undefined;
  const names = (searchParams.get("overlays") || DEFAULT).split(",").map((name) => name.trim()).filter(Boolean);
  const known = [...OVERLAYS.map(({ name }) => name as string).filter((name) => name !== "facepaint"), BOX]; // paint needs the skin below it
  const wrong = names.find((name) => !known.includes(name));
  if (wrong !== undefined) throw new Error(`overlays has ${known.join(", ")}; ${wrong} is none of them`);
  return {
    overlays: onlyOverlays(...names.filter((name): name is OverlayName => name !== BOX)),
    boxes: names.includes(BOX),
    source,
    mirrored: ["", "1", "true"].includes(searchParams.get("mirrored") ?? "no"),
    language: searchParams.get("language") ?? undefined,
    seed: Number(searchParams.get("seed") ?? 0) || 0,
    key: new URLSearchParams(hash.slice(1)).get("key") ?? undefined,
    socketUrl: `${protocol === "https:" ? "wss" : "ws"}://${host}/v1/events?${new URLSearchParams({ scenes: "1", ...(source && { source }) }).toString()}`,
  };
}
