/**
 * What a browser's updates cost in differential privacy, for all of its faces together: the Gaussian mechanism.
 *
 * Whoever changes all faces changes an update by twice its clipping norm at most. The Renyi divergence of order a is then
 * a times the cost (Mironov, 2017); costs of several updates add up. Python's side is `federated/gateway/privacy.py`.
 */

/** Of one browser, over all of its updates. */
export const EPSILON = 8;
/** The probability with which this bound may fail. */
export const DELTA = 1e-5;

/** Orders of Renyi divergence, above 1: each gives a valid bound, and the least is used. */
const ORDERS = Array.from({ length: 600 }, (_, i) => 1 + 10 ** (-2 + i / 100));

/** Of one update. @param noise standard deviation of the noise in units of the clipping norm */
export function costOf(noise: number): number {
  return noise > 0 ? 2 / noise ** 2 : Infinity;
}

/** The epsilon of a cost at `DELTA` (Canonne, Kamath and Steinke, 2020, proposition 12). */
export function epsilonOf(cost: number): number {
  if (!(cost > 0)) return cost === 0 ? 0 : Infinity;
  const bounds = ORDERS.map((a) => a * cost + Math.log((a - 1) / a) - (Math.log(DELTA) + Math.log(a)) / (a - 1));
  return Math.max(0, Math.min(...bounds));
}
