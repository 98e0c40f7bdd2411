/** The texts of the overlays, and their direction: given by the page, in its language. */

import type { Face } from "../../types";

export interface OverlayTexts {
  /** The expression of a face, such as "looks happy"; or why it was skipped. */
  describeFace(face: Face): string;
  /** Why a face was found, but not read, from the key of the reason. */
  reason(key: string): string;
  /** A FER+ label alone, such as "happiness". */
  name(label: string): string;
  /** 0..1 as a percentage. */
  percent(share: number): string;
  /** The number of a face, from 1. */
  number(number: number): string;
  /** Whether the language is read from right to left. */
  rightToLeft(): boolean;
}
