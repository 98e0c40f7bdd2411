/** How far what the browser finds is from what Python found. */

/** @typedef {Record<string, any>} Json */

/** @param {number[]} a @param {number[]} b */
export function furthest(a, b) {
  return a.length === b.length ? a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0) : Infinity;
}

/** The largest distance between points of which the first two numbers are compared. @param {number[][]} a @param {number[][]} b */
function furthestPoint(a, b) {
  return a.length === b.length ? Math.max(0, ...a.map(([x, y], i) => Math.hypot(x - b[i][0], y - b[i][1]))) : Infinity;
}

/** Degrees between the rotations of two 4x4 poses, the first row by row, the second column by column. @param {number[][]} a @param {number[]} b */
export function angleDeg(a, b) {
  let squares = 0; // of the difference: the trace would lose small angles to rounding
  for (let row = 0; row < 3; row++) for (let k = 0; k < 3; k++) squares += (a[row][k] - b[4 * k + row]) ** 2;
  return (2 * Math.asin(Math.min(Math.sqrt(squares / 8), 1)) * 180) / Math.PI;
}

/**
 * Differences of everything in one picture; pixels are divided by `scale`.
 *
 * @param {Json} golden of tests/golden/
 * @param {Json} found by e2e/golden.mjs
 * @param {number} scale
 */
export function compareFaces(golden, found, scale) {
  const faces = golden.faces.map((/** @type {Json} */ face, /** @type {number} */ i) =>
    found.small[i] ? compareFace(face, found.small[i], found.medium[i], found.stages.crops[i], scale) : {},
  );
  const detections = found.stages.detections.map((/** @type {Json} */ one) => [one.box, one.keypoints.flat(), one.score]);
  const wanted = golden.detections.map((/** @type {Json} */ one) => [one.box_xyxy_px, one.keypoints_px.flat(), one.score]);
  const boxes = furthest(wanted.map((/** @type {number[][]} */ one) => [one[0], one[1]]).flat(2), detections.map((/** @type {number[][]} */ one) => [one[0], one[1]]).flat(2));
  const scores = furthest(wanted.map((/** @type {Json} */ one) => one[2]), detections.map((/** @type {Json} */ one) => one[2]));
  const zero = { landmarks: 0, pose: 0, depth: 0, probabilities: 0, crop: 0, quality: 0 };
  return { ...zero, ...largest(faces), detections: round(Math.max(boxes / scale, 20 * scores)) };
}

/** @param {Json} face @param {Json} small @param {Json} medium @param {Json} crop @param {number} scale */
function compareFace(face, small, medium, crop, scale) {
  const points = face.landmarks_px.map((/** @type {number[]} */ _, /** @type {number} */ i) => small.landmarksPx.slice(3 * i, 3 * i + 2));
  const probabilities = Object.entries({ "emoar-s": small, "emoar-m": medium }).map(([model, by]) =>
    Math.max(
      furthest(face.probabilities[model].ferplus, by.expression.ferplus),
      furthest(face.probabilities[model].fer2013, by.expression.fer2013),
    ),
  );
  const same = small.expression.label === face.label && small.quality.reasons.join() === face.quality.reasons.map((/** @type {string} */ reason) => reason.replaceAll(" ", "_")).join();
  const { eye_distance_px: eyes, sharpness } = face.quality;
  return {
    landmarks: round(furthestPoint(face.landmarks_px, points) / scale),
    pose: round(angleDeg(face.pose, small.pose)),
    depth: round(Math.abs(small.pose[14] / face.pose[2][3] - 1)),
    probabilities: round(Math.max(...probabilities)),
    crop: round(furthest(face.crop_block_means.flat(), crop.blockMeans.flat())),
    quality: same ? round(Math.max(Math.abs(small.quality.sharpness / sharpness - 1), Math.abs(small.quality.eyeDistancePx / eyes - 1))) : Infinity,
  };
}

/** The largest value under each name. @param {Record<string, number>[]} rows */
export function largest(rows) {
  /** @type {Record<string, number>} */
  const most = {};
  for (const row of rows) for (const [name, value] of Object.entries(row)) most[name] = Math.max(most[name] ?? 0, value);
  return most;
}

/** @param {number} value */
function round(value) {
  return Number(value.toPrecision(3));
}
