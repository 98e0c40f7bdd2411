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
 * Differences of each stage on its stored input; pixels are divided by `scale`.
 *
 * @param {Json} golden of tests/golden/
 * @param {import("./engine/stages.worker").StagesResult} stages
 * @param {number} scale
 */
export function compareStages(golden, stages, scale) {
  const zero = { detections: 0, mesh: 0, poseStage: 0, cropStage: 0, cropMean: 0, cropProbabilities: 0 };
  const counts = [golden.detections.length, stages.detections.length];
  const detections = counts[0] === counts[1] ? golden.detections.map(compareDetection) : [{ detections: Infinity }];
  return largest([zero, ...detections, ...golden.faces.map(compareStagesOfFace)]);

  /** @param {Json} stored @param {number} i */
  function compareDetection({ box_xyxy_px, keypoints_px, score, mesh }, i) {
    const [found, fit] = [stages.detections[i], stages.meshes[i]];
    const pixels = furthest([...box_xyxy_px, ...keypoints_px.flat()], [...found.box, ...found.keypoints.flat()]) / scale;
    return {
      detections: round(Math.max(pixels, 20 * Math.abs(found.score - score))),
      mesh: round(Math.max(furthest(mesh.landmarks_px.flat(), fit.landmarksPx) / scale, 20 * Math.abs(fit.presence - mesh.presence))),
    };
  }

  /** @param {Json} stored @param {number} i */
  function compareStagesOfFace(stored, i) {
    const { pose, crop, probabilities } = stages.faces[i];
    const levels = [...Buffer.from(stored.crop, "base64")];
    const differences = levels.map((level, pixel) => Math.abs(level - crop[pixel]));
    return {
      poseStage: round(angleDeg(stored.pose, pose)),
      cropStage: Math.max(...differences),
      cropMean: round(differences.reduce((sum, one) => sum + one, 0) / levels.length),
      cropProbabilities: round(furthestProbability(stored.crop_probabilities, probabilities)),
    };
  }
}

/** The largest difference between probabilities by model and label set. @param {Json} stored @param {Json} found */
function furthestProbability(stored, found) {
  const differences = Object.entries(stored).flatMap(([model, sets]) =>
    Object.entries(sets).map(([name, values]) => furthest(values, found[model][name])),
  );
  return Math.max(...differences);
}

/**
 * Differences of the faces that the pipeline finds from end to end; pixels are divided by `scale`.
 *
 * @param {Json} golden of tests/golden/
 * @param {Json} found by e2e/golden.mjs
 * @param {number} scale
 */
export function compareFaces(golden, found, scale) {
  const faces = golden.faces.map((/** @type {Json} */ face, /** @type {number} */ i) =>
    found.small[i] ? compareFace(face, found.small[i], found.medium[i], found.stages.blockMeans[i], scale) : {},
  );
  return largest([{ landmarks: 0, pose: 0, depth: 0, probabilities: 0, crop: 0, quality: 0 }, ...faces]);
}

/** @param {Json} face @param {Json} small @param {Json} medium @param {number[][]} blockMeans @param {number} scale */
function compareFace(face, small, medium, blockMeans, scale) {
  const points = face.landmarks_px.map((/** @type {number[]} */ _, /** @type {number} */ i) => small.landmarksPx.slice(3 * i, 3 * i + 2));
  const probabilities = furthestProbability(face.probabilities, { "emoar-s": small.expression, "emoar-m": medium.expression });
  const same = small.expression.label === face.label && small.quality.reasons.join() === face.quality.reasons.map((/** @type {string} */ reason) => reason.replaceAll(" ", "_")).join();
  const { eye_distance_px: eyes, sharpness } = face.quality;
  return {
    landmarks: round(furthestPoint(face.landmarks_px, points) / scale),
    pose: round(angleDeg(face.pose, small.pose)),
    depth: round(Math.abs(small.pose[14] / face.pose[2][3] - 1)),
    probabilities: round(probabilities),
    crop: round(furthest(face.crop_block_means.flat(), blockMeans.flat())),
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
