/** What the overlay writes on faces, in the page's language. */

import { UNSURE } from "../labels";
import type { Words } from "../overlay/words";
import type { Face } from "../types";
import { isRightToLeft, percent, t } from "./i18n.svelte";

/** "looks happy", "unsure", or why a face cannot be judged. */
export function looksLike(face: Face): string {
  if (!face.quality.judged) return t(`quality.${face.quality.reasons[0] ?? "unknown"}`);
  return face.expression.label === UNSURE ? t("looks.unsure") : t(`looks.${face.expression.label}`);
}

export const WORDS: Words = { label: looksLike, name: (label) => t(`label.${label}`), percent, rightToLeft: isRightToLeft };
