/** Statistics of the clip and live tests. */

/** @typedef {import("./engine/record").Seen} Seen */
/** @typedef {{fps: number, frames: {truth: Record<string, {centre_px: number[], centroid_px: number[], visible: boolean}>, faces: {box: number[], label: string}[]}[]}} Truth */

/** @param {number[]} values @param {number} share */
export function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(Math.floor(share * sorted.length), sorted.length - 1)];
}

/** @param {number[]} values */
export function median(values) {
  return percentile(values, 0.5);
}

/**
 * Of the faces that Python sees in the same frames: the share with the same label (of those that neither calls unsure),
 * and the share that is missing.
 *
 * @param {readonly Seen[]} seen @param {Truth} truth
 */
export function agreement(seen, truth) {
  let [equal, compared, missing, all] = [0, 0, 0, 0];
  for (const { number, faces } of seen) {
    for (const face of truth.frames[number]?.faces ?? []) {
      all++;
      const same = nearest(faces, middle(face.box), 0.5 * (face.box[2] - face.box[0]));
      if (!same) missing++;
      else if (same.label !== "unsure" && face.label !== "unsure") {
        compared++;
        if (same.label === face.label) equal++;
      }
    }
  }
  return { labels: equal / compared, misses: missing / all, compared };
}

/**
 * How often each person had which id, as text, and the most ids that one person had.
 *
 * @param {readonly Seen[]} seen @param {Truth} truth
 */
export function identities(seen, truth) {
  /** @type {Record<string, Record<number, number>>} */
  const ids = {};
  for (const { number, faces } of seen) {
    for (const [name, { centre_px, visible }] of Object.entries(truth.frames[number]?.truth ?? {})) {
      const face = visible && nearest(faces, centre_px, 40);
      if (!face) continue;
      const counts = (ids[name] ??= {});
      counts[face.id] = (counts[face.id] ?? 0) + 1;
    }
  }
  return { most: Math.max(...Object.values(ids).map((counts) => Object.keys(counts).length)), text: JSON.stringify(ids) };
}

/**
 * Pixels between each face's middle and where the clip truly has it, in frames in which it is visible.
 *
 * @param {readonly Seen[]} seen @param {Truth} truth
 */
export function offsets(seen, truth) {
  return seen.flatMap(({ number, faces }) =>
    Object.values(truth.frames[number]?.truth ?? {}).flatMap(({ centre_px, visible }) => {
      const face = visible && nearest(faces, centre_px, 40);
      return face ? [Math.hypot(middle(face.box)[0] - centre_px[0], middle(face.box)[1] - centre_px[1])] : [];
    }),
  );
}

/** @template {{box: readonly number[]}} T @param {readonly T[]} faces @param {number[]} at @param {number} withinPx */
function nearest(faces, at, withinPx) {
  /** @param {T} face */
  const far = ({ box }) => Math.hypot(middle(box)[0] - at[0], middle(box)[1] - at[1]);
  const [best] = [...faces].sort((a, b) => far(a) - far(b));
  return best && far(best) <= withinPx ? best : null;
}

/** @param {readonly number[]} box */
function middle([left, top, right, bottom]) {
  return [(left + right) / 2, (top + bottom) / 2];
}
