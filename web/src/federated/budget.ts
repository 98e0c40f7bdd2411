/** What a browser has agreed to and spent, as it is kept there. */

import { costOf, EPSILON, epsilonOf } from "./privacy";

/** One update that was paid for. */
export interface Spent {
  readonly round: string;
  readonly noise: number;
  /** Of the device's clock; information only. */
  readonly atMs: number;
}

export interface Ledger {
  readonly agreed: boolean;
  /** All of them: withdrawing takes none of them back. */
  readonly updates: readonly Spent[];
}

export const NEW_LEDGER: Ledger = { agreed: false, updates: [] };

/** Epsilon of these updates together. */
export function spentIn({ updates }: Ledger): number {
  return epsilonOf(updates.reduce((sum, { noise }) => sum + costOf(noise), 0));
}

export function sentIn({ updates }: Ledger, round: string): boolean {
  return updates.some((update) => update.round === round);
}

/** The ledger with one more update; undefined where that must not be sent: no consent, a second one in a round, past the budget. */
export function withUpdate(ledger: Ledger, update: Spent): Ledger | undefined {
  const next = { ...ledger, updates: [...ledger.updates, update] };
  return ledger.agreed && !sentIn(ledger, update.round) && spentIn(next) <= EPSILON ? next : undefined;
}
