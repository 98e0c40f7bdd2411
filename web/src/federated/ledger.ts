/** The ledger in the browser's IndexedDB. Each change is one transaction, so that two tabs cannot spend the same budget. */

import { openDatabase } from "../personal/database";
import { type Ledger, NEW_LEDGER, type Spent, withUpdate } from "./budget";

const DATABASE = "emoar-federated";
const STORE = "ledger";
const KEY = "own";

/** Rejects where the browser keeps nothing: then nothing may be sent. */
export function readLedger(): Promise<Ledger> {
  return change((ledger) => ledger);
}

/** Agrees, or withdraws. What was spent stays. */
export function setAgreed(agreed: boolean): Promise<Ledger> {
  return change((ledger) => ({ ...ledger, agreed }));
}

/** Spends before an update is sent; undefined where it must not be sent. When this returns, it is on the disk. */
export async function spend(update: Spent): Promise<Ledger | undefined> {
  let paid: Ledger | undefined;
  await change((ledger) => (paid = withUpdate(ledger, update)) ?? ledger);
  return paid;
}

async function change(next: (ledger: Ledger) => Ledger): Promise<Ledger> {
  const database = await openDatabase(DATABASE, STORE);
  try {
    return await new Promise<Ledger>((resolve, reject) => {
      const transaction = database.transaction(STORE, "readwrite", { durability: "strict" });
      const store = transaction.objectStore(STORE);
      const reading = store.get(KEY) as IDBRequest<Ledger | undefined>;
      let changed = NEW_LEDGER;
      reading.onsuccess = () => {
        const before = reading.result ?? NEW_LEDGER;
        changed = next(before);
        if (changed !== before) store.put(changed, KEY);
      };
      transaction.oncomplete = () => resolve(changed);
      transaction.onabort = () => reject(transaction.error ?? new Error("aborted"));
    });
  } finally {
    database.close();
  }
}
