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
  /** Whether the evidence of the confidence is the mean with that for the mirror image. */
  readonly mirror?: boolean;
  /** The confidence from which on an unsure face gets a label. */
  readonly unsure_below: number;
}

export type Decision = Readonly<Partial<Record<LabelSetName, Rule>>>;

export const UNSURE_BELOW = 0.4; // without a rule
const SMALLEST = 1e-6; // of an evidence: its logarithm stays finite
// Of the shown head's largest probability: what the mirror image tells counts less and less, then nothing.
const NEARLY_SURE = 0.85;
const SURE = 0.9;
const LARGEST = 0.9999; // of a confidence
const UNIFORM = 1.01; // the smallest confidence, times the number of labels: at 1, the temperature would be infinite
const STEPS = 20; // of Newton's method; five are enough for most faces
const NEAR = 1e-7; // of the logarithm of the confidence

/** Whether a confidence takes the probabilities of the mirror image, too. */
export function asksMirror(decision: Decision): boolean {
  return Object.values(decision).some(({ mirror }) => mirror);
}

/** How much the mirror image tells of a face, 0..1: nothing where the head of the shown set is sure. */
export function mirrorShare({ ferplus }: Probabilities): number {
  return Math.min(Math.max((SURE - Math.max(...ferplus)) / (SURE - NEARLY_SURE), 0), 1);
}

/** What the mirror image tells where its share is that: the rest counts as the same as the face. */
export function blended(heads: Probabilities, mirrored: Probabilities, share: number): Probabilities {
  return forEachLabelSet((name) => heads[name].map((own, i) => own + share * (mirrored[name][i] - own)));
}

/**
 * The decided probabilities of one face: the largest is that of the label, and its confidence.
 *
 * @param mirrored the heads on the mirror image; without them the face alone gives the confidence.
 */
export function decide(decision: Decision, heads: Probabilities, mirrored?: Probabilities): Probabilities {
  return forEachLabelSet((name) => {
    const rule = decision[name];
    return rule ? decided(rule, name, heads, mirrored) : heads[name];
  });
}

function decided(rule: Rule, name: LabelSetName, heads: Probabilities, mirrored?: Probabilities): Float32Array {
  const own = evidence(rule, name, heads);
  const adjusted = own.map((value, i) => value * rule.shares[i] ** -rule.tau * (1 + rule.balance / rule.shares[i]));
  const label = adjusted.indexOf(Math.max(...adjusted));
  const other = rule.mirror && mirrored ? evidence(rule, name, mirrored) : own;
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
