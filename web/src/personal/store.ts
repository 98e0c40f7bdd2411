/** What was taught, kept in the browser's IndexedDB: one record for each model file. */

import { openDatabase } from "./database";
import type { HeadDocument, HeadModel } from "./head";

/** What is drawn at a face with an own label: one of a pack's drawings by its name, or an emoji or a short text. */
export type OwnSticker = { readonly kind: "drawing"; readonly name: string } | { readonly kind: "text"; readonly text: string };

export interface TaughtLabel {
  /** A FER+ label, or an own name. */
  readonly name: string;
  readonly sticker?: OwnSticker | undefined;
  /** The features of its faces; none where the head came from a file. */
  readonly faces: readonly Float32Array[];
}

export interface Taught {
  readonly model: HeadModel;
  readonly labels: readonly TaughtLabel[];
  /** Undefined until there are enough faces. */
  readonly head?: HeadDocument | undefined;
}

const DATABASE = "emoar";
const TAUGHT = "taught";

/** What was taught for the model; undefined where nothing was. Rejects where the browser keeps nothing. */
export async function readTaught({ sha256 }: HeadModel): Promise<Taught | undefined> {
  return inStore("readonly", (store) => store.get(sha256) as IDBRequest<Taught | undefined>);
}

export async function writeTaught(taught: Taught): Promise<void> {
  await inStore("readwrite", (store) => store.put(taught, taught.model.sha256));
}

/** Deletes what was taught for every model. */
export async function deleteTaught(): Promise<void> {
  await inStore("readwrite", (store) => store.clear());
}

async function inStore<T>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await openDatabase(DATABASE, TAUGHT);
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = database.transaction(TAUGHT, mode);
      const request = ask(transaction.objectStore(TAUGHT));
      transaction.oncomplete = () => resolve(request.result); // only now is it on the disk
      transaction.onabort = () => reject(transaction.error ?? new Error("aborted"));
    });
  } finally {
    database.close();
  }
}
