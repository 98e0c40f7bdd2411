/** The stage as a file: saved, or given to the device's share sheet. */

import { giveFile, inShell } from "../shell";

/** The canvas as PNG; it must have been drawn in the same task. */
export function toPng(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("error.snapshot"))), "image/png");
  });
}

/** A file name that sorts by time, such as emoar-2026-03-01-14-05-09.png. */
export function fileName(date: Date, extension: string): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())];
  const time = [two(date.getHours()), two(date.getMinutes()), two(date.getSeconds())];
  return `emoar-${[...day, ...time].join("-")}.${extension}`;
}

export function canShare(blob: Blob, name: string): boolean {
  if (inShell) return true;
  return typeof navigator.canShare === "function" && navigator.canShare({ files: [new File([blob], name, { type: blob.type })] });
}

/** Opens the share sheet; closing it without sharing is no error. */
export async function share(blob: Blob, name: string): Promise<void> {
  if (inShell) return void (await giveFile(blob, name, true));
  try {
    await navigator.share({ files: [new File([blob], name, { type: blob.type })] });
  } catch (error) {
    if (!(error instanceof DOMException && error.name === "AbortError")) throw error;
  }
}

/** Saves a file where the device keeps downloads; false where there is no room, which the person is shown. */
export async function save(blob: Blob, name: string): Promise<boolean> {
  if (inShell) return giveFile(blob, name, false);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  return true;
}
