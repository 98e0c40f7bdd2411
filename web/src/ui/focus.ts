/** Where the focus goes when the control that had it is gone. */

import { tick } from "svelte";

/**
 * Focuses the element once the page has changed, if nothing has the focus any more. The element needs a `tabindex`.
 *
 * Call it where a control removes or disables itself: otherwise the keyboard begins again at the top of the page.
 */
export async function keepFocus(element: () => HTMLElement | undefined): Promise<void> {
  await tick();
  const { activeElement, body } = document;
  if (!activeElement || activeElement === body || activeElement.matches(":disabled")) element()?.focus();
}
