/** The stickers that somebody has chosen for taught labels. */

import type { TaughtLabel } from "../personal/store";
import type { ContentPack, Sticker } from "./pack";
import { textSticker } from "./textSticker";

/** By label; a drawing that the pack does not have is left out. */
export function ownStickersOf(labels: readonly TaughtLabel[], pack: ContentPack | undefined): ReadonlyMap<string, Sticker> {
  const drawings = Object.values(pack?.stickers ?? {}).flatMap((list) => list ?? []);
  const entries = labels.flatMap(({ name, sticker: chosen }): [string, Sticker][] => {
    const sticker = chosen?.kind === "text" ? textSticker(chosen.text) : drawings.find((drawing) => drawing.name === chosen?.name);
    return sticker ? [[name, sticker]] : [];
  });
  return new Map(entries);
}
