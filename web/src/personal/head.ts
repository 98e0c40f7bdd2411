/**
 * A personal head: somebody's own labels on the features of an expression model, as in Python's `models/personal.py`.
 *
 * The document is what files and the browser's storage have (docs/schemas/personal.json).
 */

import { UNSURE } from "../labels";

export const PERSONAL_SCHEMA = "emoar.personal/1";
export const MOST_LABELS = 32;
export const LONGEST_LABEL = 40; // Unicode characters
const MOST_FEATURES = 4096;
const LARGEST_NUMBER = 1e6;
/** Of a file: a larger one is no head. */
export const LARGEST_BYTES = 4_000_000;
const LONGEST_MODEL_NAME = 200;
const WRITTEN_DIGITS = 7; // significant
/** How steeply the probability of none of the labels rises around the radius. */
const STEEPNESS = 10;

export interface HeadModel {
  readonly name: string;
  /** Of the whole file: a head fits one file of one model. */
  readonly sha256: string;
}

/** Where the taught faces lie; a face far from all of them has none of the labels. */
export interface Rejection {
  /** A row a label: the mean features of its faces. */
  readonly centres: readonly (readonly number[])[];
  /** A number a label: the distance from its centre up to which a face counts as near. */
  readonly radii: readonly number[];
}

export interface HeadDocument {
  readonly schema: string;
  readonly model: HeadModel;
  readonly labels: readonly string[];
  /** A row a label, a column a feature. */
  readonly weights: readonly (readonly number[])[];
  readonly bias: readonly number[];
  /** Of each label: how many faces it was trained on. */
  readonly faces?: readonly number[] | null;
  readonly rejection?: Rejection | null;
}

/** The message is a message key. */
export class HeadError extends Error {
  constructor(key: "teach.not_a_head" | "teach.newer_head" | "teach.damaged_head", options?: ErrorOptions) {
    super(key, options);
    this.name = "HeadError";
  }
}

export class PersonalHead {
  /** Of each probability: the labels, and at last `UNSURE` for none of them. */
  readonly labels: readonly string[];

  constructor(readonly document: HeadDocument) {
    this.labels = [...document.labels, UNSURE];
  }

  get features(): number {
    return this.document.weights[0].length;
  }

  /** Sums to 1, in the order of `labels`. */
  probabilities(features: Float32Array): Float32Array {
    const { weights, bias, rejection } = this.document;
    const shares = softmax(weights.map((row, i) => bias[i] + dot(row, features)));
    const none = rejection ? noneOf(rejection, features) : 0;
    return Float32Array.from([...shares.map((share) => (1 - none) * share), none]);
  }
}

/** The probability that a face is none of the taught ones, from its distance to the nearest of them in radii. */
function noneOf({ centres, radii }: Rejection, features: Float32Array): number {
  const inRadii = Math.min(...centres.map((centre, i) => distance(centre, features) / radii[i]));
  return 1 / (1 + Math.exp(-STEEPNESS * (inRadii - 1)));
}

/** Whether a text can be a label: not empty, not too long, without marks that move or hide text. */
export function isLabel(text: string): boolean {
  const length = [...text].length;
  return text === text.trim() && length > 0 && length <= LONGEST_LABEL && text !== UNSURE && !UNPRINTABLE.test(text);
}

/** Control characters, line separators, marks of text direction, halves of a character. */
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ud800-\udfff]/u;

/** The text of a file. */
export function writeHead(document: HeadDocument): string {
  const short = (_: string, value: unknown): unknown => (typeof value === "number" ? Number(value.toPrecision(WRITTEN_DIGITS)) : value);
  return JSON.stringify(document, short);
}

/** The document in the text of a file. Throws a `HeadError`. */
export function readHead(text: string): HeadDocument {
  if (text.length > LARGEST_BYTES) throw new HeadError("teach.not_a_head");
  const document = parsed(text);
  if (!isObject(document) || typeof document.schema !== "string" || !document.schema.startsWith("emoar.personal/")) throw new HeadError("teach.not_a_head");
  if (document.schema !== PERSONAL_SCHEMA) throw new HeadError("teach.newer_head", { cause: document.schema });
  if (!isHead(document)) throw new HeadError("teach.damaged_head");
  return document;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new HeadError("teach.not_a_head", { cause });
  }
}

function isHead(value: Readonly<Record<string, unknown>>): value is Readonly<Record<string, unknown>> & HeadDocument {
  const { model, labels, weights, bias, faces, rejection } = value;
  if (!hasOnly(value, "schema", "model", "labels", "weights", "bias", "faces", "rejection") || !isModel(model)) return false;
  if (!Array.isArray(labels) || labels.length < 2 || labels.length > MOST_LABELS || new Set(labels).size < labels.length) return false;
  if (!labels.every((label) => typeof label === "string" && isLabel(label))) return false;
  const count = labels.length;
  const width = Array.isArray(weights) && Array.isArray(weights[0]) ? weights[0].length : 0;
  if (width < 1 || width > MOST_FEATURES || !isMatrix(weights, count, width) || !isRow(bias, count)) return false;
  if (faces != null && !(isRow(faces, count) && faces.every((one) => Number.isInteger(one) && one >= 0))) return false;
  return rejection == null || (isObject(rejection) && hasOnly(rejection, "centres", "radii") && isMatrix(rejection.centres, count, width) && isRow(rejection.radii, count) && rejection.radii.every((radius) => radius > 0));
}

function isModel(value: unknown): boolean {
  if (!isObject(value) || !hasOnly(value, "name", "sha256") || typeof value.name !== "string" || typeof value.sha256 !== "string") return false;
  const length = [...value.name].length;
  return length > 0 && length <= LONGEST_MODEL_NAME && /^[0-9a-f]{64}$/.test(value.sha256);
}

/** A field that nobody knows is of a newer version, or a slip: Python refuses it, too. */
function hasOnly(value: Readonly<Record<string, unknown>>, ...known: readonly string[]): boolean {
  return Object.keys(value).every((name) => known.includes(name));
}

function isMatrix(value: unknown, rows: number, columns: number): boolean {
  return Array.isArray(value) && value.length === rows && value.every((row) => isRow(row, columns));
}

function isRow(value: unknown, length: number): value is number[] {
  return Array.isArray(value) && value.length === length && value.every((one) => typeof one === "number" && Math.abs(one) <= LARGEST_NUMBER);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function dot(row: readonly number[], features: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < row.length; i++) sum += row[i] * features[i];
  return sum;
}

function distance(centre: readonly number[], features: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < centre.length; i++) sum += (features[i] - centre[i]) ** 2;
  return Math.sqrt(sum);
}

function softmax(logits: readonly number[]): number[] {
  const highest = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - highest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}
