/** How a person is called. */

import { decimal, t } from "../ui/i18n.svelte";

/** The name that the visitor gave, else "Face 2", with the number that is on the label in the picture. */
export function nameOf(person: number, names: ReadonlyMap<number, string>): string {
  return names.get(person) ?? t("photo.face", { number: decimal(person, 0) });
}
