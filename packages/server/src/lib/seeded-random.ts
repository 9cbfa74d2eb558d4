/**
 * Randomness that a seed repeats: xoshiro128** 1.1 (Blackman and Vigna, https://prng.di.unimi.it/xoshiro128starstar.c),
 * its state filled by SplitMix32. For simulation and fault injection; never for keys.
 */
export class SeededRandom {
  readonly seed: number;
  readonly #state = new Uint32Array(4);

  /** `seed` is any whole number up to 2^53. */
  constructor(seed: number) {
    if (!Number.isSafeInteger(seed)) throw new RangeError("a seed is a whole number up to 2^53");
    this.seed = seed;
    let mixed = seed >>> 0;
    for (let index = 0; index < 4; index += 1) {
      mixed = (mixed + 0x9e3779b9) >>> 0;
      let word = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
      word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
      this.#state[index] = word ^ (word >>> 15);
    }
    // The upper bits of large seeds; multiplied by an odd number, so that no two seeds share a state.
    this.#state[1] = (this.#state[1] ?? 0) ^ Math.imul(Math.floor(seed / 2 ** 32), 0x9e3779b1);
  }

  /** A number in [0, 1) with 53 random bits. */
  number(): number {
    return ((this.#word() >>> 5) * 2 ** 26 + (this.#word() >>> 6)) / 2 ** 53;
  }

  bytes(length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    for (let at = 0; at < length; at += 4) {
      const word = this.#word();
      for (let byte = 0; byte < 4 && at + byte < length; byte += 1) bytes[at + byte] = word >>> (8 * byte);
    }
    return bytes;
  }

  /** A whole number in [0, max). */
  int(max: number): number {
    return Math.floor(this.number() * max);
  }

  /** One of the list, which must not be empty. */
  pick<Item>(list: readonly Item[]): Item {
    const index = this.int(list.length);
    for (const item of list.slice(index, index + 1)) return item;
    throw new RangeError("nothing to pick from");
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.number() < probability;
  }

  /** A stream of its own, so that what draws from it does not shift the draws of others. */
  fork(): SeededRandom {
    return new SeededRandom(this.#word() * 2 ** 21 + (this.#word() >>> 11));
  }

  #word(): number {
    const state = this.#state;
    const [s0 = 0, s1 = 0, s2 = 0, s3 = 0] = state;
    const result = Math.imul(rotate(Math.imul(s1, 5), 7), 9) >>> 0;
    const c = s2 ^ s0;
    const d = s3 ^ s1;
    state[0] = s0 ^ d;
    state[1] = s1 ^ c;
    state[2] = c ^ (s1 << 9);
    state[3] = rotate(d, 11);
    return result;
  }
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
