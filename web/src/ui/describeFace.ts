/** How a face is described in the page's language. */

import { UNSURE } from "../labels";
import type { OverlayTexts } from "../overlay/text/texts";
import { type Face, shownLabel } from "../types";
import { decimal, hasMessage, isRightToLeft, probability, t } from "./i18n.svelte";

/** "looks happy", "unsure", a name of the visitor's own, or why the face was skipped. */
export function describeFace(face: Face): string {
  if (!face.quality.usable) return t(face.quality.reasons.map((reason) => `quality.${reason}`).find(hasMessage) ?? "quality.unknown");
  const { label } = shownLabel(face);
  const key = `expression.${label}`;
  return hasMessage(key) ? t(key) : label; // an own name
}

/** Its confidence as a percentage; empty for a face without a label. */
export function describeConfidence(face: Face): string {
  const { label, confidence } = shownLabel(face);
  return face.quality.usable && label !== UNSURE ? probability(confidence) : "";
}

/** Why a face was found, but not read. */
export function describeReason(reason: string): string {
  return t(hasMessage(`quality.${reason}`) ? `quality.${reason}` : "quality.unknown");
}

export const TEXTS: OverlayTexts = { describeFace, reason: describeReason, name: (label) => t(`label.${label}`), percent: probability, number: (number) => decimal(number, 0), rightToLeft: isRightToLeft };
