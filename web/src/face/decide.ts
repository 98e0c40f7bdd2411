/**
 * The decision: one label from all heads of a network, with the class shares of its training faces in account.
 *
 * Python's `emoar/models/decision.py` computes the same and explains it. The numbers come with the model.
 */

import { LABEL_SETS, forEachLabelSet, type LabelSetName, type Probabilities } from "../labels";

/** How the label of one set is decided; as in `models/manifest.json`. */
export interface Rule {
  /** Of each label among the training faces. */
  readonly shares: readonly number[];
  /** Exponent of the shares. */
  readonly tau: number;
  /** Weight of balanced accuracy against top-1. */
  readonly balance: number;
  /** The label set of the other head, and its weight in the evidence. */
  readonly other?: LabelSetName;
  readonly weight?: number;
  /** Constant, and factors of the label's log-odds and of the entropy of the evidence. */
  readonly confidence: readonly [number, number, number];
  /** With what prediction the evidence of the confidence is averaged: `MIRROR`, or a model's name. */
  readonly second?: string;
  /** The confidence from which on an unsure face gets a label. */
  readonly unsure_below: number;
}

export type Decision = Readonly<Partial<Record<LabelSetName, Rule>>>;

export const UNSURE_BELOW = 0.4; // without a rule
export const MIRROR = "mirror"; // as `Rule.second`
const SMALLEST = 1e-6; // of an evidence: its logarithm stays finite
// Of the largest probability of the less sure head: what the second prediction tells counts less and less, then nothing.
const NEARLY_SURE = 0.85;
const SURE = 0.9;
const LARGEST = 0.9999; // of a confidence
const UNIFORM = 1.01; // the smallest confidence, times the number of labels: at 1, the temperature would be infinite
const STEPS = 20; // of Newton's method; five are enough for most faces
const NEAR = 1e-7; // of the logarithm of the confidence

/** What gives the second prediction: `MIRROR`, the network on the mirror image; another model, on the same face; or nothing. */
export function secondOf(decision: Decision): string | undefined {
  return Object.values(decision).find(({ second }) => second)?.second;
}

/** The model that gives the second prediction, where it is another one. */
export function secondNetwork(decision: Decision): string | undefined {
  const second = secondOf(decision);
  return second === MIRROR ? undefined : second;
}

/** How much a second prediction tells of a face, 0..1: nothing where both heads are sure. */
export function secondShare({ ferplus, fer2013 }: Probabilities): number {
  const largest = Math.min(Math.max(...ferplus), Math.max(...fer2013));
  return Math.min(Math.max((SURE - largest) / (SURE - NEARLY_SURE), 0), 1);
}

/** What the second prediction tells where its share is that: the rest counts as the same as the heads. */
export function blended(heads: Probabilities, second: Probabilities, share: number): Probabilities {
  return forEachLabelSet((name) => heads[name].map((own, i) => own + share * (second[name][i] - own)));
}

/**
 * The decided probabilities of one face: the largest is that of the label, and its confidence.
 *
 * @param second the heads of the second prediction; without them the first alone gives the confidence.
 */
export function decide(decision: Decision, heads: Probabilities, second?: Probabilities): Probabilities {
  return forEachLabelSet((name) => {
    const rule = decision[name];
    return rule ? decided(rule, name, heads, second) : heads[name];
  });
}

function decided(rule: Rule, name: LabelSetName, heads: Probabilities, second?: Probabilities): Float32Array {
  const own = evidence(rule, name, heads);
  const adjusted = own.map((value, i) => value * rule.shares[i] ** -rule.tau * (1 + rule.balance / rule.shares[i]));
  const label = adjusted.indexOf(Math.max(...adjusted));
  const other = rule.second && second ? evidence(rule, name, second) : own;
  const mean = own.map((value, i) => (value + other[i]) / 2);
  return Float32Array.from(withLargest(adjusted, label, confidence(rule, mean, label)));
}

function evidence(rule: Rule, name: LabelSetName, heads: Probabilities): number[] {
  return mixed(rule, name, heads).map((value) => Math.max(value, SMALLEST));
}

/** The probabilities of a set's head, with a share of the other head's for the labels that both have. */
function mixed({ other, weight = 0 }: Rule, name: LabelSetName, heads: Probabilities): number[] {
  const own = [...heads[name]];
  if (!other || weight === 0) return own;
  const theirs = heads[other];
  const places = sharedPlaces(name, other);
  const sum = (values: ArrayLike<number>, side: 0 | 1) => places.reduce((total, pair) => total + values[pair[side]], 0);
  const ofBoth = sum(own, 0) / Math.max(sum(theirs, 1), SMALLEST);
  const result = [...own];
  for (const [here, there] of places) result[here] = (1 - weight) * own[here] + weight * theirs[there] * ofBoth;
  return result;
}

/** The places of the labels that two sets share by their categories: in the first set and in the second. */
function sharedPlaces(name: LabelSetName, other: LabelSetName): [number, number][] {
  const theirs: readonly string[] = LABEL_SETS[other].categories;
  return LABEL_SETS[name].categories
    .map((category, here): [number, number] => [here, theirs.indexOf(category)])
    .filter(([, there]) => there >= 0);
}

/** How often a label with this evidence is right, 0..1. */
function confidence({ confidence: [constant, byOdds, byEntropy] }: Rule, evidence: readonly number[], label: number): number {
  const logOdds = Math.log(evidence[label] / Math.max(1 - evidence[label], SMALLEST));
  const entropy = -evidence.reduce((total, value) => total + value * Math.log(value), 0);
  return 1 / (1 + Math.exp(-(constant + byOdds * logOdds + byEntropy * entropy)));
}

/** The probabilities at the temperature that makes the largest one, of `label`, the confidence; by Newton's method. */
function withLargest(weights: readonly number[], label: number, confidence: number): number[] {
  const logits = weights.map((weight) => Math.log(weight / weights[label]));
  const target = -Math.log(Math.min(Math.max(confidence, UNIFORM / weights.length), LARGEST));
  let [inverse, powers, total] = [1, [...weights], 1];
  for (let step = 0; step < STEPS; step++) {
    powers = logits.map((logit) => Math.exp(inverse * logit));
    total = powers.reduce((sum, power) => sum + power, 0);
    const error = Math.log(total) - target;
    const slope = powers.reduce((sum, power, i) => sum + power * logits[i], 0) / total;
    if (Math.abs(error) < NEAR || slope > -SMALLEST) break;
    inverse = Math.max(inverse - error / slope, 0);
  }
  return powers.map((power) => power / total);
}
