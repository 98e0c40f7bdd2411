/** Work for the time in which the page has nothing else to do. */

const LONGEST_WAIT_MS = 4000;
/** For browsers without `requestIdleCallback`, after the page has loaded. */
const SHORT_WAIT_MS = 1000;

/** What browsers report about the connection: https://wicg.github.io/netinfo. */
interface Connection {
  readonly saveData?: boolean;
  readonly effectiveType?: string;
}

/** Whether the visitor may want to pay for bytes that are perhaps not used. */
export function mayFetchEarly(browser: object): boolean {
  const { connection } = browser as { readonly connection?: Connection }; // TypeScript's Navigator lacks it
  return !connection?.saveData && !connection?.effectiveType?.endsWith("2g");
}

/** Calls `work` once the page has loaded and is idle. */
export function whenIdle(work: () => void): void {
  const wait = () => {
    if ("requestIdleCallback" in window) window.requestIdleCallback(work, { timeout: LONGEST_WAIT_MS });
    else setTimeout(work, SHORT_WAIT_MS);
  };
  if (document.readyState === "complete") wait();
  else window.addEventListener("load", wait, { once: true });
}
