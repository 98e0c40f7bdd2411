/** What the overlay writes, and which way: given by the page, whose language it is. */

import type { Face } from "../types";

export interface Words {
  /** What a face looks like, such as "looks happy"; or why it cannot be judged. */
  label(face: Face): string;
  /** A FER+ label alone, such as "happiness". */
  name(label: string): string;
  /** 0..1 as a percentage. */
  percent(share: number): string;
  /** Whether the language is read from right to left. */
  rightToLeft(): boolean;
}
