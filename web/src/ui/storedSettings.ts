/** The visitor's settings, as stored on this device. */

import { DEFAULT_PACK } from "../content/pack";
import type { EnabledOverlays } from "../overlay/layer";
import { DEFAULT_OVERLAYS } from "../overlay/overlays";
import type { PerceptionOptions } from "../types";

export interface Settings {
  overlays: EnabledOverlays;
  pack: string;
  /** Unset: mirrored when the camera faces its user. */
  mirrored: boolean | undefined;
  model: PerceptionOptions["model"];
  stats: boolean;
  /** Whether single keys act on the live view. */
  shortcuts: boolean;
  keepScore: boolean;
  /** Photos go to the server that this page came from; off unless it is switched on during this visit. */
  viaServer: boolean;
}

export const DEFAULTS: Settings = {
  overlays: DEFAULT_OVERLAYS,
  pack: DEFAULT_PACK,
  mirrored: undefined,
  model: "emoar-s",
  stats: false,
  shortcuts: true,
  keepScore: false,
  viaServer: false,
};

/** The settings of a stored text. Missing keys get their defaults; unknown keys and damaged text are ignored. */
export function readSettings(text: string | null): Settings {
  const stored = parsed(text);
  const entries = Object.entries(DEFAULTS).map(([key, value]: [string, unknown]) => [key, stored[key] ?? value]);
  const overlays = { ...DEFAULT_OVERLAYS, ...(stored["overlays"] as EnabledOverlays | undefined) };
  return { ...(Object.fromEntries(entries) as Settings), overlays, viaServer: false };
}

/** The text to store. */
export function writeSettings(settings: Settings): string {
  return JSON.stringify({ ...settings, viaServer: undefined });
}

function parsed(text: string | null): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? "{}");
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
