/** The label that a face is shown with: that of somebody's own head where it has one, else the model's. */

import type { Face, PersonalLabel } from "./types";

export function shownLabel({ expression, personal }: Pick<Face, "expression" | "personal">): PersonalLabel {
  return personal ?? expression;
}
