/** Features of made-up faces, for tests of personal heads: like a model's, none is negative. */

const FEATURES = 128;
/** How unlike the faces of one place are, as a share of their length; those of others differ by more than their length. */
const VARIATION = 0.25;

/** Features of `count` faces around the place of that number; other seeds give other faces there. */
export function taughtFaces(place: number, count: number, seed = 1): Float32Array[] {
  const centre = numbers(place, FEATURES).map((value) => Math.max(value, 0));
  const noise = VARIATION * Math.sqrt(centre.reduce((sum, value) => sum + value * value, 0) / FEATURES);
  return Array.from({ length: count }, (_, i) => {
    const own = numbers(10_000 * place + 100 * seed + i, FEATURES);
    return Float32Array.from(centre, (value, j) => Math.max(value + noise * own[j], 0));
  });
}

/** Repeatable numbers of mean 0 and variance 1. */
function numbers(seed: number, count: number): number[] {
  let state = (seed * 2654435761) >>> 0;
  const next = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  return Array.from({ length: count }, () => Array.from({ length: 12 }, next).reduce((sum, value) => sum + value, -6));
}
