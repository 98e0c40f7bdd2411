/** Label sets, their order and their colours, as in Python's `labels.py`: the order is the order of every probability vector. */

export const FERPLUS = ["neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt"] as const;
export const FER2013 = ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"] as const;
export const UNSURE = "unsure";

/** One word for the same expression in every label set: content packs and colours are keyed by it. */
export const CATEGORIES = [...FERPLUS, UNSURE] as const;
export type Category = (typeof CATEGORIES)[number];

export interface LabelSet {
  readonly title: string;
  readonly labels: readonly string[];
  /** The category of each label, in the same order. */
  readonly categories: readonly Category[];
}

/** Every label set that the models give probabilities for. */
export const LABEL_SETS = {
  ferplus: { title: "FER+", labels: FERPLUS, categories: FERPLUS },
  fer2013: {
    title: "FER2013",
    labels: FER2013,
    categories: ["anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral"],
  },
} as const satisfies Readonly<Record<string, LabelSet>>;

export type LabelSetName = keyof typeof LABEL_SETS;

/** Calibrated probabilities: of each set one vector in the order of its labels, summing to 1. */
export type Probabilities = Readonly<Record<LabelSetName, Float32Array>>;

/** One value for each label set. */
export function forEachLabelSet<T>(value: (name: LabelSetName, set: LabelSet) => T): Record<LabelSetName, T> {
  const entries = Object.entries(LABEL_SETS).map(([name, set]) => [name, value(name as LabelSetName, set)]);
  return Object.fromEntries(entries) as Record<LabelSetName, T>;
}

/** Distinguishable under the common colour-vision deficiencies (Okabe and Ito, 2008), lightened for dark video. */
export const COLOURS_RGB: Readonly<Record<Category, readonly [number, number, number]>> = {
  neutral: [200, 205, 210],
  happiness: [240, 200, 60],
  surprise: [230, 140, 40],
  sadness: [86, 160, 233],
  anger: [225, 80, 60],
  disgust: [60, 180, 120],
  fear: [190, 130, 210],
  contempt: [170, 140, 110],
  unsure: [150, 155, 160],
};

/** Of labels that somebody has taught under a name of their own. */
export const OWN_RGB = [99, 216, 199] as const;

const CATEGORY_OF: ReadonlyMap<string, Category> = new Map(
  Object.values(LABEL_SETS).flatMap(({ labels, categories }) => labels.map((label, i) => [label, categories[i]] as const)),
);

/** The category of a label of any set. */
export function category(label: string): Category {
  return CATEGORY_OF.get(label) ?? UNSURE;
}

/** The colour of a label of any set, of `unsure`, or of an own name. */
export function colourOf(label: string): readonly [number, number, number] {
  return label === UNSURE || CATEGORY_OF.has(label) ? COLOURS_RGB[category(label)] : OWN_RGB;
}
