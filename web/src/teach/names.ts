/** Labels as the Teach screen shows them. */

import type { Taught } from "../personal/store";
import { hasMessage, t } from "../ui/i18n.svelte";

/** How many labels may be taught: training them all takes less than two seconds. */
export const MOST_TAUGHT = 12;

/** An expression in the page's language, or an own name as it is. */
export function labelName(name: string): string {
  const key = `label.${name}`;
  return hasMessage(key) ? t(key) : name;
}

/** Whether the head came from a file: then its faces are not here. */
export function isFromFile({ head, labels }: Taught): boolean {
  return head !== undefined && labels.every(({ faces }) => faces.length === 0);
}
