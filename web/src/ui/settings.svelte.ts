/** The visitor's settings, stored on this device only, so that they last until the next visit. */

import type { OverlayName } from "../overlay/overlays";
import { DEFAULTS, readSettings, type Settings, writeSettings } from "./storedSettings";

const STORED = "emoar.settings";

export const settings: Settings = $state(readSettings(stored()));

export function changeSettings(changed: Partial<Settings>): void {
  Object.assign(settings, changed);
  try {
    localStorage.setItem(STORED, writeSettings(settings));
  } catch {
    // private windows may refuse; then the settings last for this visit only
  }
}

export function toggleOverlay(name: OverlayName): void {
  changeSettings({ overlays: { ...settings.overlays, [name]: !settings.overlays[name] } });
}

export function forgetSettings(): void {
  localStorage.removeItem(STORED);
  Object.assign(settings, DEFAULTS);
}

/** Null where nothing is stored, or a private window refuses. */
function stored(): string | null {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null;
  }
}
