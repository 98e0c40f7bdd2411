/** Label sets, their order and their colours, as in Python's `labels.py`: the order is the order of every probability vector. */

export const FERPLUS = ["neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt"] as const;
export const FER2013 = ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"] as const;
export const UNSURE = "unsure";

/** One word for the same expression in both label sets: content packs and colours are keyed by it. */
export const CATEGORIES = [...FERPLUS, UNSURE] as const;
export type Category = (typeof CATEGORIES)[number];

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

const CATEGORY_OF: Readonly<Record<string, Category>> = { angry: "anger", happy: "happiness", sad: "sadness" };

/** The category of a label of either set. */
export function category(label: string): Category {
  const known = CATEGORY_OF[label] ?? label;
  return (CATEGORIES as readonly string[]).includes(known) ? (known as Category) : UNSURE;
}
