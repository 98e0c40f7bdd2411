/** What the browser keeps: a database of its IndexedDB with one store. */

/** Rejects where the browser keeps nothing, as in some private windows. */
export function openDatabase(name: string, store: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(store);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("not opened"));
    request.onblocked = () => reject(new Error("blocked"));
  });
}
