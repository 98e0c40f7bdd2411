/**
 * Boxes, rotated regions and projections, as in Python's `geometry.py`. Each transform has its inverse beside it.
 *
 * Pixel (0, 0) is the centre of the upper left pixel.
 */

/** [a, b, x, c, d, y]: (u, v) goes to (a u + b v + x, c u + d v + y). */
export type Affine = readonly [number, number, number, number, number, number];
/** [left, top, right, bottom] */
export type Box = readonly [number, number, number, number];
export type Point = readonly [number, number];

/** A rotated square in a picture. */
export interface Region {
  readonly centreXPx: number;
  readonly centreYPx: number;
  readonly sidePx: number;
  /** Clockwise in the picture, 0 is upright. */
  readonly angleRad: number;
}

/** The box around points that lie in one array, `stride` numbers each, x and y first. */
export function boxOfPoints(points: ArrayLike<number>, stride: number): Box {
  let left = Infinity;
  let top = Infinity;
  let right = -Infinity;
  let bottom = -Infinity;
  for (let i = 0; i < points.length; i += stride) {
    const x = points[i];
    const y = points[i + 1];
    if (x < left) left = x;
    if (x > right) right = x;
    if (y < top) top = y;
    if (y > bottom) bottom = y;
  }
  return [left, top, right, bottom];
}

/** Square pixels; zero for a box with negative sides. */
export function areaOfBox(box: Box): number {
  return Math.max(box[2] - box[0], 0) * Math.max(box[3] - box[1], 0);
}

/** Intersection over union; 0 where both are empty. */
export function iou(a: Box, b: Box): number {
  const both = intersection(a, b);
  return both / Math.max(areaOfBox(a) + areaOfBox(b) - both, 1e-9);
}

/** Intersection over the smaller area: 1 where one box lies in the other. */
export function intersectionOverSmaller(a: Box, b: Box): number {
  return intersection(a, b) / Math.max(Math.min(areaOfBox(a), areaOfBox(b)), 1e-9);
}

function intersection(a: Box, b: Box): number {
  return areaOfBox([Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3])]);
}

/** From the picture to a crop of the region with that side; `invertAffine` gives the inverse. */
export function regionMatrix(region: Region, sizePx: number): Affine {
  const scale = sizePx / region.sidePx;
  const cos = scale * Math.cos(region.angleRad);
  const sin = scale * Math.sin(region.angleRad);
  const { centreXPx: x, centreYPx: y } = region;
  const middle = (sizePx - 1) / 2;
  return [cos, sin, middle - cos * x - sin * y, -sin, cos, middle + sin * x - cos * y];
}

export function invertAffine([a, b, x, c, d, y]: Affine): Affine {
  const determinant = a * d - b * c;
  const [e, f, g, h] = [d / determinant, -b / determinant, -c / determinant, a / determinant];
  return [e, f, -e * x - f * y, g, h, -g * x - h * y];
}

export function applyAffine(m: Affine, x: number, y: number): Point {
  return [m[0] * x + m[1] * y + m[2], m[3] * x + m[4] * y + m[5]];
}

/** The matrix for a part of the picture that begins at (left, top) there. */
export function forPart(m: Affine, left: number, top: number): Affine {
  const [x, y] = applyAffine(m, left, top);
  return [m[0], m[1], x, m[3], m[4], y];
}

/**
 * The rotation, uniform scale and shift that take source nearest to target (least variance).
 *
 * Umeyama (1991) in two dimensions, where it has a closed form; never mirrors.
 */
export function similarityBetween(source: readonly Point[], target: readonly Point[]): Affine {
  const [sx, sy] = centroid(source);
  const [tx, ty] = centroid(target);
  let variance = 0;
  let along = 0;
  let across = 0;
  source.forEach((point, i) => {
    const [u, v] = [point[0] - sx, point[1] - sy];
    const [p, q] = [target[i][0] - tx, target[i][1] - ty];
    variance += u * u + v * v;
    along += u * p + v * q;
    across += u * q - v * p;
  });
  const a = along / variance;
  const b = across / variance;
  return [a, -b, tx - (a * sx - b * sy), b, a, ty - (b * sx + a * sy)];
}

/** x and y of one of (n * 3,) landmarks. */
export function landmark(landmarksPx: ArrayLike<number>, index: number): Point {
  return [landmarksPx[3 * index], landmarksPx[3 * index + 1]];
}

/** The mean of at least one point. */
export function centroid(points: readonly Point[]): Point {
  let x = 0;
  let y = 0;
  for (const point of points) {
    x += point[0];
    y += point[1];
  }
  return [x / points.length, y / points.length];
}

/** Focal length in pixels of a camera with that field of view. */
export function focalPx(heightPx: number, verticalFovDeg: number): number {
  return (0.5 * heightPx) / Math.tan((verticalFovDeg * Math.PI) / 360);
}

/** Camera-frame point in cm (y up, the camera's axis is -Z) to pixels; `unproject` is the inverse. */
export function project(
  [x, y, z]: readonly [number, number, number],
  widthPx: number,
  heightPx: number,
  verticalFovDeg: number,
): Point {
  const focal = focalPx(heightPx, verticalFovDeg);
  return [(widthPx - 1) / 2 - (focal * x) / z, (heightPx - 1) / 2 + (focal * y) / z];
}

/** A pixel and its positive depth in cm to a camera-frame point. */
export function unproject(
  [x, y]: Point,
  depthCm: number,
  widthPx: number,
  heightPx: number,
  verticalFovDeg: number,
): readonly [number, number, number] {
  const focal = focalPx(heightPx, verticalFovDeg);
  return [((x - (widthPx - 1) / 2) * depthCm) / focal, (((heightPx - 1) / 2 - y) * depthCm) / focal, -depthCm];
}

/** To the nearest integer, halves to the even one, as in Python. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
