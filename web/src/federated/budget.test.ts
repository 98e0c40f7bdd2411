import { describe, expect, it } from "vitest";

import { type Ledger, NEW_LEDGER, sentIn, spentIn, withUpdate } from "./budget";
import { EPSILON } from "./privacy";

const AGREED: Ledger = { agreed: true, updates: [] };
const update = (round: string, noise = 2.32): { round: string; noise: number; atMs: number } => ({ round, noise, atMs: 1 });

function after(ledger: Ledger, ...updates: readonly { round: string; noise: number; atMs: number }[]): Ledger {
  return updates.reduce((now, one) => withUpdate(now, one)!, ledger);
}

describe("withUpdate", () => {
  it("counts each update", () => {
    const two = after(AGREED, update("1"), update("2"));
    expect(spentIn(AGREED)).toBe(0);
    expect(spentIn(two)).toBeGreaterThan(spentIn(after(AGREED, update("1"))));
    expect(two.updates.map(({ round }) => round)).toEqual(["1", "2"]);
  });

  it("refuses what would be past the budget, and keeps what was spent", () => {
    let ledger = AGREED;
    let sent = 0;
    for (let next: Ledger | undefined = ledger; next; next = withUpdate(ledger, update(String(sent)))) [ledger, sent] = [next, sent + 1];
    expect(sent).toBeGreaterThan(2);
    expect(spentIn(ledger)).toBeLessThanOrEqual(EPSILON);
    expect(withUpdate(ledger, update("much noise", 100))).toBeDefined(); // what little is left can still be spent
  });

  it.each([0, -1, NaN, 0.01])("refuses an update with noise %s, whatever the server asks for", (noise) => {
    expect(withUpdate(AGREED, update("1", noise))).toBeUndefined();
  });

  it("refuses a second update in a round, and any without consent", () => {
    const once = after(AGREED, update("1"));
    expect(sentIn(once, "1")).toBe(true);
    expect(withUpdate(once, update("1"))).toBeUndefined();
    expect(withUpdate(NEW_LEDGER, update("1"))).toBeUndefined();
    expect(withUpdate({ ...once, agreed: false }, update("2"))).toBeUndefined();
  });
});
