/** Sharing with the server of this page: what it offers, what this browser has agreed to and spent, and what became of an update. */

import type { TaughtLabel } from "../personal/store";
import { features } from "../shell";
import { type Ledger, NEW_LEDGER } from "./budget";
import { readLedger, setAgreed, spend } from "./ledger";
import type { Offer, Round } from "./round";
import { fetchOffer, type Outcome, sendUpdate } from "./server";
import { makeUpdate } from "./update";

interface Sharing {
  /** Undefined where the server takes no updates, or this app has no server. */
  readonly offer: Offer | undefined;
  readonly ledger: Ledger;
  /** False where the browser keeps nothing: then it could not count what it spends, and sends nothing. */
  readonly kept: boolean;
  readonly outcome: Outcome | undefined;
  readonly busy: boolean;
}

let sharing = $state.raw<Sharing>({ offer: undefined, ledger: NEW_LEDGER, kept: true, outcome: undefined, busy: false });
/** The JSON of an update that was paid for and that the server has not confirmed. */
let pending = "";

export function currentSharing(): Sharing {
  return sharing;
}

/** Asks the server whether it takes updates, and which round is open. */
export async function readySharing(): Promise<void> {
  if (!features.federated) return;
  const offer = await fetchOffer();
  const ledger = offer && (await readLedger().catch(() => undefined));
  const outcome = pending ? sharing.outcome : undefined;
  sharing = { ...sharing, offer, ledger: ledger ?? NEW_LEDGER, kept: ledger !== undefined || offer === undefined, outcome };
}

export async function agree(agreed: boolean): Promise<void> {
  const ledger = await setAgreed(agreed).catch(() => undefined);
  sharing = ledger ? { ...sharing, ledger } : { ...sharing, ledger: NEW_LEDGER, kept: false };
  if (!agreed) {
    pending = "";
    sharing = { ...sharing, outcome: undefined };
  }
}

/** Computes one update, pays for it, and sends it. */
export async function share(taught: readonly TaughtLabel[], round: Round): Promise<void> {
  const update = makeUpdate(taught, round);
  if (!update || sharing.busy) return;
  sharing = { ...sharing, busy: true, outcome: undefined };
  const ledger = await spend({ round: round.round, noise: round.noise, atMs: Date.now() }).catch(() => undefined);
  if (ledger) {
    pending = JSON.stringify(update);
    sharing = { ...sharing, ledger };
    await shareAgain();
  } else {
    sharing = { ...sharing, ledger: await readLedger().catch(() => NEW_LEDGER), busy: false }; // another tab has spent
  }
}

/** Sends the update that was paid for once more: it is the same one, and costs nothing. */
export async function shareAgain(): Promise<void> {
  sharing = { ...sharing, busy: true };
  const outcome = await sendUpdate(pending);
  if (outcome.kind !== "again") pending = "";
  sharing = { ...sharing, outcome, busy: false, offer: (await fetchOffer()) ?? sharing.offer };
}
