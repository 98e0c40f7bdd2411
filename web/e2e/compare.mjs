/** How far the browser's results are from Python's, which are stored in tests/golden/. */

/** @typedef {Record<string, any>} Json */
/** @typedef {import("./engine/stages.worker").StageResults} StageResults */

/** The largest difference of two lists of numbers of any depth. @param {any} a @param {any} b @returns {number} */
export function furthest(a, b) {
  if (!Array.isArray(a)) return Math.abs(a - b);
  return a.length === b.length ? a.reduce((most, value, i) => Math.max(most, furthest(value, b[i])), 0) : Infinity;
}

/** The largest distance between points in the plane. @param {number[][]} a @param {number[][]} b */
function furthestPoint(a, b) {
  return a.length === b.length ? Math.max(0, ...a.map(([x, y], i) => Math.hypot(x - b[i][0], y - b[i][1]))) : Infinity;
}

/** (n * 3,) numbers as points. @param {readonly number[]} numbers */
function points(numbers) {
  return Array.from({ length: numbers.length / 3 }, (_, i) => numbers.slice(3 * i, 3 * i + 3));
}

/** Degrees between the rotations of two 4x4 poses, the first row by row, the second column by column. @param {number[][]} a @param {number[]} b */
export function angleDeg(a, b) {
  let squares = 0; // of the difference: the trace would lose small angles to rounding
  for (let row = 0; row < 3; row++) for (let k = 0; k < 3; k++) squares += (a[row][k] - b[4 * k + row]) ** 2;
  return (2 * Math.asin(Math.min(Math.sqrt(squares / 8), 1)) * 180) / Math.PI;
}

/** By model and label set. @param {Json} stored @param {Json} found */
function furthestProbability(stored, found) {
  const sets = Object.entries(stored).flatMap(([model, one]) => Object.keys(one).map((name) => furthest(one[name], found[model][name])));
  return Math.max(...sets);
}

/**
 * Differences of each stage on its stored input, for one picture; pixels are divided by `scale`.
 *
 * @param {Json} golden @param {StageResults} found @param {number} scale
 */
export function compareStages(golden, found, scale) {
  const boxes = [golden.detections.map((/** @type {Json} */ one) => [one.box_xyxy_px, ...one.keypoints_px].flat()), found.detections.map(({ box, keypoints }) => [...box, ...keypoints.flat()])];
  const scores = [golden.detections.map((/** @type {Json} */ one) => one.score), found.detections.map(({ score }) => score)];
  const meshes = golden.detections.map((/** @type {Json} */ { mesh }, /** @type {number} */ i) => ({
    mesh: furthestPoint(mesh.landmarks_px, points(found.meshes[i].landmarksPx)) / scale,
    presence: Math.abs(mesh.presence - found.meshes[i].presence),
  }));
  const faces = golden.faces.map((/** @type {Json} */ face, /** @type {number} */ i) => compareStagesOfFace(face, found.faces[i]));
  const none = { mesh: 0, presence: 0, pose: 0, depth: 0, crop: 0, "crop, mean": 0, probabilities: 0 };
  return rounded({ detections: furthest(boxes[0], boxes[1]) / scale, score: furthest(scores[0], scores[1]), ...largest([none, ...meshes, ...faces]) });
}

/** @param {Json} face @param {StageResults["faces"][number]} found */
function compareStagesOfFace(face, found) {
  const crop = [...Buffer.from(face.crop, "base64")];
  return {
    pose: angleDeg(face.pose, found.pose),
    depth: Math.abs(found.pose[14] / face.pose[2][3] - 1),
    crop: furthest(crop, found.crop),
    "crop, mean": crop.reduce((sum, level, i) => sum + Math.abs(level - found.crop[i]), 0) / crop.length,
    probabilities: furthestProbability(face.crop_probabilities, found.probabilities),
  };
}

/**
 * Differences from end to end, for one picture; pixels are divided by `scale`.
 *
 * @param {Json} golden @param {{small: Json[], medium: Json[]}} found faces by each model @param {number} scale
 * @param {number[]} undecided indices of the faces whose landmarks and pose are not compared
 */
export function compareFaces(golden, { small, medium }, scale, undecided) {
  const faces = golden.faces.map((/** @type {Json} */ face, /** @type {number} */ i) => {
    if (!small[i]) return {};
    const { landmarks, pose, depth, ...others } = compareFace(face, small[i], medium[i], scale);
    return undecided.includes(i) ? others : { landmarks, pose, depth, ...others };
  });
  return rounded(largest([{ landmarks: 0, pose: 0, depth: 0, probabilities: 0, quality: 0 }, ...faces]));
}

/** @param {Json} face @param {Json} small @param {Json} medium @param {number} scale */
function compareFace(face, small, medium, scale) {
  const reasons = face.quality.reasons.map((/** @type {string} */ reason) => reason.replaceAll(" ", "_"));
  const same = small.expression.label === face.label && small.quality.reasons.join() === reasons.join();
  const { eye_distance_px: eyes, sharpness } = face.quality;
  return {
    landmarks: furthestPoint(face.landmarks_px, points(small.landmarksPx)) / scale,
    pose: angleDeg(face.pose, small.pose),
    depth: Math.abs(small.pose[14] / face.pose[2][3] - 1),
    probabilities: furthestProbability(face.probabilities, { "emoar-s": small.expression, "emoar-m": medium.expression }),
    quality: same ? Math.max(Math.abs(small.quality.sharpness / sharpness - 1), Math.abs(small.quality.eyeDistancePx / eyes - 1)) : Infinity,
  };
}

/** The largest value under each name. @param {Record<string, number>[]} rows */
export function largest(rows) {
  /** @type {Record<string, number>} */
  const most = {};
  for (const row of rows) for (const [name, value] of Object.entries(row)) most[name] = Math.max(most[name] ?? 0, value);
  return most;
}

/** @param {Record<string, number>} row */
function rounded(row) {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Number(value.toPrecision(3))]));
}
