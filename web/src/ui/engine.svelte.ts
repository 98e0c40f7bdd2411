/** The page's perception, loaded when a screen first needs it, and the content packs. */

import { inLanguage } from "../content/language";
import { type ContentPack, listPacks, loadPack, type PackName } from "../content/pack";
import { createPerception } from "../perceptionClient";
import type { Perception } from "../types";
import { currentLanguage, hasMessage } from "./i18n.svelte";
import { settings } from "./settings.svelte";

interface Engine {
  /** 0..1 while models are loading. */
  progress: number;
  state: "idle" | "loading" | "ready" | "failed";
  /** Message key of the error. */
  error: string | undefined;
  pack: ContentPack | undefined;
  packs: readonly PackName[];
}

export const engine: Engine = $state({ progress: 0, state: "idle", error: undefined, pack: undefined, packs: [] });

let perception: Perception | undefined;
let loading: Promise<Perception> | undefined;

/** The perception, ready to be used. Rejects with a message key; another call tries again. */
export function readyPerception(): Promise<Perception> {
  loading ??= load().catch((error: unknown) => {
    loading = undefined;
    perception?.close();
    perception = undefined;
    engine.state = "failed";
    engine.error = messageKey(error);
    throw error;
  });
  return loading;
}

const shownPack = $derived(engine.pack && inLanguage(engine.pack, currentLanguage()));

/** The content pack with the quotes of the page's language; undefined until it is loaded. */
export function currentPack(): ContentPack | undefined {
  return shownPack;
}

/** Fetches the runtime and the models, for the visitor's first use of them. */
export function prefetchPerception(): void {
  perception ??= newPerception();
  perception.prefetch();
}

/** Loads the chosen content pack, and the list of all. Without a pack the app works, with fewer overlays. */
export async function readyPack(): Promise<void> {
  if (engine.packs.length === 0) engine.packs = await listPacks().catch(() => []);
  if (engine.pack?.id === settings.pack) return;
  engine.pack = await loadPack(settings.pack).catch(() => undefined);
}

/** The message key of an error, such as camera.denied or error.offline; error.unknown for foreign errors. */
export function messageKey(error: unknown): string {
  const message = error instanceof Error ? error.message : "";
  return [message, `error.${message}`, `camera.${message}`].find(hasMessage) ?? "error.unknown";
}

async function load(): Promise<Perception> {
  engine.state = "loading";
  engine.progress = 0;
  perception ??= newPerception();
  await perception.load((fraction) => (engine.progress = fraction));
  engine.state = "ready";
  return perception;
}

function newPerception(): Perception {
  return createPerception({ model: settings.model });
}
