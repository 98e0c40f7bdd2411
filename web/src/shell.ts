/**
 * The Android app: a web view whose files come out of the app's package. This file decides what the page leaves out there,
 * and holds what the app does in place of a browser. Its other side is android/app/src/main/java/org/emoar/app/Bridge.java.
 */

/** The app's origin, which no server on the Internet has; known to the page and to its worker. */
const ORIGIN = "https://appassets.androidplatform.net";

export const inShell = globalThis.location?.origin === ORIGIN;

/** What a browser has and the shell does without. */
export const features = {
  /** A service worker, and the notice of a newer version: an app is updated as a whole. */
  updates: !inShell,
  /** Copies of models and runtime for visits without a network: in the shell all files are on the device. */
  copies: !inShell,
  /** The threaded runtime: a web view cannot be isolated, so the package has no files for it. */
  threads: !inShell,
  /** A server behind the page. */
  server: !inShell,
  /** Updates of the model to a server that asks for them: the app has no network. */
  federated: !inShell,
  /** Pictures from the clipboard, or dropped on the page. */
  paste: !inShell,
} as const;

/** What the app gives the page; strings and booleans only, and each call returns when it is done. */
interface Bridge {
  begin(name: string, mediaType: string): boolean;
  write(base64: string): boolean;
  end(share: boolean): boolean;
  cameraBlocked(): boolean;
  openSettings(): void;
  live(live: boolean): void;
}

interface ShellWindow {
  readonly EmoARShell?: Bridge;
  emoarBack?: () => boolean;
}

const shellWindow = globalThis as unknown as ShellWindow;

function bridge(): Bridge | undefined {
  return inShell ? shellWindow.EmoARShell : undefined;
}

/** Bytes of a file in one call: a multiple of three, so that the Base64 of the parts is that of the whole. */
const PART_BYTES = 3 << 18;

/** Gives a file to the app, which saves it or offers it to other apps, and tells the person what became of it. */
export async function giveFile(blob: Blob, name: string, share: boolean): Promise<boolean> {
  const app = bridge();
  if (!app) return false;
  let going = app.begin(name, blob.type);
  for (let at = 0; going && at < blob.size; at += PART_BYTES) {
    going = app.write(await base64(blob.slice(at, at + PART_BYTES)));
  }
  return app.end(share); // also where there was no room, which the app reports here
}

function base64(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^.*,/, ""));
    reader.onerror = () => reject(reader.error ?? new Error("not readable"));
    reader.readAsDataURL(blob);
  });
}

/** Keeps the screen on while the camera's picture is shown. */
export function setLive(live: boolean): void {
  bridge()?.live(live);
}

/** The phone's settings of this app, where they alone can allow the camera. */
export function cameraSettings(): (() => void) | undefined {
  const app = bridge();
  return app?.cameraBlocked() ? () => app.openSettings() : undefined;
}

const closers = new Set<() => boolean>();

/** Lets the phone's back gesture close something, the last one first. `close` gives whether there was something to close. */
export function closesOnBack(close: () => boolean): () => void {
  closers.add(close);
  shellWindow.emoarBack = goBack;
  return () => void closers.delete(close);
}

function goBack(): boolean {
  return [...closers].reverse().some((close) => close());
}
