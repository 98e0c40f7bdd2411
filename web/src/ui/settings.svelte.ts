/** What a visitor has chosen; kept on this device only, so that it need not be chosen again. */

import { DEFAULT_PACK } from "../content/pack";
import { DEFAULT_LOOKS, type Look, type Looks } from "../overlay/layer";
import type { PerceptionOptions } from "../types";

const STORED = "emoar.settings";

interface Settings {
  looks: Looks;
  pack: string;
  /** Unset: mirrored when the camera looks at its user. */
  mirrored: boolean | undefined;
  model: PerceptionOptions["model"];
  stats: boolean;
  keepScore: boolean;
  /** Photos go to the server that this page came from; off unless somebody says so on this visit. */
  viaServer: boolean;
}

const DEFAULTS: Settings = {
  looks: DEFAULT_LOOKS,
  pack: DEFAULT_PACK,
  mirrored: undefined,
  model: "emoar-s",
  stats: false,
  keepScore: false,
  viaServer: false,
};

export const settings: Settings = $state({ ...DEFAULTS, ...stored(), viaServer: false });

export function changeSettings(changed: Partial<Settings>): void {
  Object.assign(settings, changed);
  try {
    localStorage.setItem(STORED, JSON.stringify({ ...settings, viaServer: undefined }));
  } catch {
    // private windows may refuse; then it is chosen again next time
  }
}

export function toggleLook(look: Look): void {
  changeSettings({ looks: { ...settings.looks, [look]: !settings.looks[look] } });
}

export function forgetSettings(): void {
  localStorage.removeItem(STORED);
  Object.assign(settings, DEFAULTS);
}

function stored(): Partial<Settings> {
  try {
    const read = JSON.parse(localStorage.getItem(STORED) ?? "{}") as Partial<Settings>;
    return { ...read, looks: { ...DEFAULT_LOOKS, ...read.looks } };
  } catch {
    return {};
  }
}
