/** How a face is described in the page's language. */

import { UNSURE } from "../labels";
import type { OverlayTexts } from "../overlay/text/texts";
import type { Face } from "../types";
import { decimal, hasMessage, isRightToLeft, probability, t } from "./i18n.svelte";

/** "looks happy", "unsure", or why the face was skipped. */
export function describeFace(face: Face): string {
  if (!face.quality.usable) return t(face.quality.reasons.map((reason) => `quality.${reason}`).find(hasMessage) ?? "quality.unknown");
  return t(`expression.${face.expression.label}`);
}

/** Its confidence as a percentage; empty for a face without a label. */
export function describeConfidence({ quality, expression }: Face): string {
  return quality.usable && expression.label !== UNSURE ? probability(expression.confidence) : "";
}

export const TEXTS: OverlayTexts = { describeFace, name: (label) => t(`label.${label}`), percent: probability, number: (number) => decimal(number, 0), rightToLeft: isRightToLeft };
