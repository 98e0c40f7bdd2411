/** Numbers of the normal distribution, from the browser's cryptographic generator: nobody can draw them again. */

/** Random 32-bit words. */
export type RandomWords = (count: number) => Uint32Array;

const MOST_WORDS = 16_384; // of one call, as WebCrypto limits it

export function cryptoWords(count: number): Uint32Array {
  const words = new Uint32Array(count);
  for (let at = 0; at < count; at += MOST_WORDS) crypto.getRandomValues(words.subarray(at, at + MOST_WORDS));
  return words;
}

/** So many numbers of mean 0 and variance 1, by the transform of Box and Muller (1958). */
export function normals(count: number, words: RandomWords = cryptoWords): Float64Array {
  const drawn = words(4 * Math.ceil(count / 2));
  const values = new Float64Array(2 * Math.ceil(count / 2));
  for (let i = 0; i < values.length; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - uniform(drawn, 2 * i))); // 1 - u is never 0
    const angle = 2 * Math.PI * uniform(drawn, 2 * i + 2);
    values[i] = radius * Math.cos(angle);
    values[i + 1] = radius * Math.sin(angle);
  }
  return values.subarray(0, count);
}

/** From two words: 0 up to 1, which is never reached, in steps of 2^-53. */
function uniform(words: Uint32Array, at: number): number {
  return ((words[at] >>> 5) * 2 ** 26 + (words[at + 1] >>> 6)) / 2 ** 53;
}
