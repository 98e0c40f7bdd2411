/** A round of the server: what a browser may improve, and how it has to protect what it sends (docs/federated.md). */

import { LABEL_SETS, type LabelSetName } from "../labels";

export const ROUND_SCHEMA = "emoar.federated-round/1";

export interface Round {
  readonly round: string;
  readonly model: { readonly name: string; readonly sha256: string };
  readonly label_set: LabelSetName;
  readonly labels: readonly string[];
  /** A row a label, a column a feature. */
  readonly weights: readonly (readonly number[])[];
  readonly bias: readonly number[];
  /** L2 norm of an update before its noise, at most. */
  readonly clip_norm: number;
  /** Standard deviation of the noise of each number, in units of `clip_norm`. */
  readonly noise: number;
  readonly lr: number;
  readonly epochs: number;
  readonly at_least: number;
  readonly received: number;
}

/** What a server offers. */
export interface Offer {
  /** Undefined while no round is open. */
  readonly open: Round | undefined;
}

const MOST_EPOCHS = 1000; // of a few faces: well below a second
const MOST_FEATURES = 4096;
const LARGEST_NUMBER = 1e6;
const SMALLEST_NUMBER = 1e-6; // of what must be positive: noise has to be larger than the rounding of numbers

/** The offer in a document of `GET v1/federated/round`; undefined where the server takes no updates, or is another one. */
export function readOffer(document: unknown): Offer | undefined {
  if (!isObject(document) || document.schema !== ROUND_SCHEMA || document.takes_part !== true) return undefined;
  return { open: isRound(document.open) ? document.open : undefined };
}

function isRound(value: unknown): value is Round {
  if (!isObject(value) || typeof value.round !== "string" || !isObject(value.model)) return false;
  const { name, sha256 } = value.model;
  if (typeof name !== "string" || typeof sha256 !== "string" || !isLabelSet(value.label_set, value.labels)) return false;
  const count = LABEL_SETS[value.label_set].labels.length;
  const { weights } = value;
  if (!Array.isArray(weights) || weights.length !== count || !isRow(value.bias, count)) return false;
  const width = Array.isArray(weights[0]) ? weights[0].length : 0;
  if (width < 1 || width > MOST_FEATURES || !weights.every((row) => isRow(row, width))) return false;
  const positive = [value.clip_norm, value.noise, value.lr, value.epochs, value.at_least];
  if (!positive.every((one) => isNumber(one) && one >= SMALLEST_NUMBER) || !isNumber(value.received)) return false;
  return Number.isInteger(value.epochs) && (value.epochs as number) <= MOST_EPOCHS;
}

function isLabelSet(name: unknown, labels: unknown): name is LabelSetName {
  if (typeof name !== "string" || !Object.hasOwn(LABEL_SETS, name) || !Array.isArray(labels)) return false;
  return LABEL_SETS[name as LabelSetName].labels.join() === labels.join();
}

function isRow(value: unknown, length: number): value is number[] {
  return Array.isArray(value) && value.length === length && value.every(isNumber);
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Math.abs(value) <= LARGEST_NUMBER;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
