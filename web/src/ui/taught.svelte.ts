/** What the visitor has taught, for the expression model that is used: read from the browser's storage, kept there, used live. */

import { ownStickersOf } from "../content/ownStickers";
import type { ContentPack, Sticker } from "../content/pack";
import type { HeadDocument, HeadModel } from "../personal/head";
import { deleteTaught, readTaught, type Taught, type TaughtLabel, writeTaught } from "../personal/store";
import { EXPRESSION_MODELS, type ExpressionModel } from "../types";
import { configurePerception, listModels } from "./engine.svelte";
import { settings } from "./settings.svelte";

let taught = $state.raw<Taught>();
let kept = $state(true);

/** Undefined until it was read, and where the site has no models. */
export function currentTaught(): Taught | undefined {
  return taught;
}

/** False where the browser keeps nothing: then it lasts for this visit. */
export function isTaughtKept(): boolean {
  return kept;
}

/** Reads and uses what was taught for the chosen model. */
export async function readyTaught(): Promise<void> {
  const model = await modelCalled(settings.model);
  if (!model || model.sha256 === taught?.model.sha256) return;
  const found = await readTaught(model).catch(() => void (kept = false));
  if (model.name === settings.model) use(found ?? { model, labels: [] });
}

/** Uses and keeps these labels and this head from now on. */
export async function changeTaught(labels: readonly TaughtLabel[], head: HeadDocument | undefined): Promise<void> {
  if (!taught) return;
  use({ model: taught.model, labels, head });
  kept = await writeTaught(taught).then(() => true, () => false);
}

/** Deletes what was taught for every model. */
export async function forgetTaught(): Promise<void> {
  if (taught) use({ model: taught.model, labels: [] });
  await deleteTaught().catch(() => undefined); // where nothing was kept
}

/** The model of this site that a head is for. */
export async function modelOfHead({ model }: HeadDocument): Promise<ExpressionModel | undefined> {
  const { models } = await listModels();
  return EXPRESSION_MODELS.find((name) => models[name]?.sha256 === model.sha256);
}

/** The stickers of own labels, with the drawings of that pack. */
export function ownStickers(pack: ContentPack | undefined): ReadonlyMap<string, Sticker> {
  return ownStickersOf(taught?.labels ?? [], pack);
}

function use(next: Taught): void {
  taught = next;
  configurePerception({ personal: next.head });
}

async function modelCalled(name: ExpressionModel): Promise<HeadModel | undefined> {
  const { models } = await listModels().catch(() => ({ models: undefined }));
  return models?.[name] && { name, sha256: models[name].sha256 };
}
