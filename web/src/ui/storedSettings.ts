/** The visitor's settings, as stored on this device. */

import { DEFAULT_PACK } from "../content/pack";
import type { EnabledOverlays } from "../overlay/layer";
import { DEFAULT_OVERLAYS } from "../overlay/overlays";
import { EXPRESSION_MODELS, type ExpressionModel } from "../types";

export interface Settings {
  overlays: EnabledOverlays;
  pack: string;
  /** Unset: mirrored when the camera faces its user. */
  mirrored: boolean | undefined;
  model: ExpressionModel;
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
  model: EXPRESSION_MODELS[0],
  stats: false,
  shortcuts: true,
  keepScore: false,
  viaServer: false,
};

/** The settings of a stored text. What is missing, or of another kind, gets its default; unknown keys are ignored. */
export function readSettings(text: string | null): Settings {
  const stored = parsed(text);
  const entries = Object.entries(DEFAULTS).map(([key, value]: [string, unknown]) => [key, sameKind(stored[key], value)]);
  const read = Object.fromEntries(entries) as Settings;
  const model = EXPRESSION_MODELS.find((name) => name === read.model) ?? DEFAULTS.model;
  return { ...read, overlays: { ...DEFAULT_OVERLAYS, ...read.overlays }, model, viaServer: false };
}

/** The value if it is of the default's type; a default that is not set stands for a boolean. */
function sameKind(value: unknown, otherwise: unknown): unknown {
  return value !== null && typeof value === typeof (otherwise ?? true) ? value : otherwise;
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
