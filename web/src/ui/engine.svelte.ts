/** The page's perception, loaded when a screen first needs it, and the content packs. */

import { inLanguage } from "../content/language";
import { type ContentPack, listPacks, loadPack, type PackName } from "../content/pack";
import { fetchManifest, fetchModel, LoadError, type ModelManifest } from "../models";
import { createPerception } from "../perceptionClient";
import type { ExpressionModel, Perception, PerceptionOptions } from "../types";
import { currentLanguage, hasMessage } from "./i18n.svelte";
import { changeSettings, settings } from "./settings.svelte";

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
let configured: Partial<PerceptionOptions> = {};

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

/** Starts the runtime and the models too, where the visitor is about to use them. */
export function warmPerception(): void {
  perception ??= newPerception();
  perception.warm();
}

/** The files of the models that this site has. Rejects with a message key. */
export function listModels(): Promise<ModelManifest> {
  return fetchManifest(document.baseURI);
}

/**
 * Uses another expression model from now on; it is fetched first, if it is not on this device.
 *
 * @param received gets 0..1. Rejects with a message key, and keeps the model, when it cannot be fetched.
 */
export async function chooseModel(model: ExpressionModel, received: (fraction: number) => void): Promise<void> {
  const file = (await listModels()).models[model];
  if (!file) throw new LoadError("models_missing");
  let bytes = 0;
  await fetchModel(document.baseURI, file, (count) => received((bytes += count) / file.bytes)); // into the cache, where the worker finds it
  changeSettings({ model });
  perception?.configure({ model });
}

/** Changes options of the perception, also before it is loaded. */
export function configurePerception(options: Partial<PerceptionOptions>): void {
  configured = { ...configured, ...options };
  perception?.configure(options);
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
  return createPerception({ ...configured, model: settings.model });
}
