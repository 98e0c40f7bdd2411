/** Small linear algebra: 3x3 rotations row by row, and the two systems that fitting a pose needs. */

/** Row by row. */
export type Matrix3 = [number, number, number, number, number, number, number, number, number];
export type Vector3 = [number, number, number];

export function multiply3(a: Matrix3, b: Matrix3): Matrix3 {
  const at = (row: number, column: number) =>
    a[3 * row] * b[column] + a[3 * row + 1] * b[3 + column] + a[3 * row + 2] * b[6 + column];
  return [at(0, 0), at(0, 1), at(0, 2), at(1, 0), at(1, 1), at(1, 2), at(2, 0), at(2, 1), at(2, 2)];
}

export function rotate(r: Matrix3, x: number, y: number, z: number): Vector3 {
  return [r[0] * x + r[1] * y + r[2] * z, r[3] * x + r[4] * y + r[5] * z, r[6] * x + r[7] * y + r[8] * z];
}

/** The rotation about a vector by its length in radians (Rodrigues). */
export function rotationAbout([x, y, z]: Vector3): Matrix3 {
  const angle = Math.hypot(x, y, z);
  if (angle < 1e-12) return [1, 0, 0, 0, 1, 0, 0, 0, 1];
  const [u, v, w] = [x / angle, y / angle, z / angle];
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const rest = 1 - cos;
  return [
    cos + u * u * rest,
    u * v * rest - w * sin,
    u * w * rest + v * sin,
    v * u * rest + w * sin,
    cos + v * v * rest,
    v * w * rest - u * sin,
    w * u * rest - v * sin,
    w * v * rest + u * sin,
    cos + w * w * rest,
  ];
}

/** Solves a symmetric, positive definite system in place (Cholesky); `matrix` is (n * n,). Null if it is not one. */
export function solvePositive(matrix: Float64Array, right: Float64Array): Float64Array | null {
  const n = right.length;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[n * i + j];
      for (let k = 0; k < j; k++) sum -= matrix[n * i + k] * matrix[n * j + k];
      if (i === j) {
        if (!(sum > 0)) return null;
        matrix[n * i + i] = Math.sqrt(sum);
      } else {
        matrix[n * i + j] = sum / matrix[n * j + j];
      }
    }
  }
  const solved = right;
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) solved[i] -= matrix[n * i + k] * solved[k];
    solved[i] /= matrix[n * i + i];
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) solved[i] -= matrix[n * k + i] * solved[k];
    solved[i] /= matrix[n * i + i];
  }
  return solved;
}

/** The eigenvector of the largest eigenvalue of a symmetric (n * n,) matrix (Jacobi's rotations). */
export function principalEigenvector(matrix: Float64Array, n: number): number[] {
  const a = matrix.slice();
  const vectors = Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0));
  for (let sweep = 0; sweep < 12; sweep++) {
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) jacobi(a, vectors, n, p, q);
  }
  let best = 0;
  for (let i = 1; i < n; i++) if (a[i * n + i] > a[best * n + best]) best = i;
  return Array.from({ length: n }, (_, i) => vectors[i * n + best]);
}

/** One rotation that makes a[p, q] zero. */
function jacobi(a: Float64Array, vectors: Float64Array, n: number, p: number, q: number): void {
  const off = a[p * n + q];
  if (Math.abs(off) < 1e-300) return;
  const theta = (a[q * n + q] - a[p * n + p]) / (2 * off);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const cos = 1 / Math.hypot(t, 1);
  const sin = t * cos;
  for (let k = 0; k < n; k++) turn(a, k * n + p, k * n + q, cos, sin);
  for (let k = 0; k < n; k++) turn(a, p * n + k, q * n + k, cos, sin);
  for (let k = 0; k < n; k++) turn(vectors, k * n + p, k * n + q, cos, sin);
}

function turn(values: Float64Array, i: number, j: number, cos: number, sin: number): void {
  const [x, y] = [values[i], values[j]];
  values[i] = cos * x - sin * y;
  values[j] = sin * x + cos * y;
}
