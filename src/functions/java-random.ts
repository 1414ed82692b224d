/**
 * Spark's sources of random numbers: XORShiftRandom behind rand, randn, randstr and uniform, and the Mersenne Twister behind shuffle and
 * uuid. The same seed gives the same values as there. Not for secrets.
 */
import { hashValue } from '../types/hash.ts';
import { BINARY } from '../types/data-type.ts';

const HASH_SEED = 0x3c074a61;

/** xorshift over 64 bits with the methods of Java's Random. */
export class XorShiftRandom {
  #state: bigint;
  #nextGaussian: number | undefined;

  constructor(seed: bigint) {
    this.#state = scrambled(seed);
  }

  /** A whole number of 32 bits with sign. */
  nextInt(): number {
    return this.#next(32) | 0;
  }

  /** A number from 0 to below 1. */
  nextDouble(): number {
    return (this.#next(26) * 134_217_728 + this.#next(27)) / 9_007_199_254_740_992;
  }

  /** A number of the standard normal distribution, by the polar method. */
  nextGaussian(): number {
    const known = this.#nextGaussian;
    if (known !== undefined) {
      this.#nextGaussian = undefined;
      return known;
    }
    for (;;) {
      const x = 2 * this.nextDouble() - 1;
      const y = 2 * this.nextDouble() - 1;
      const size = x * x + y * y;
      if (size >= 1 || size === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(size)) / size);
      this.#nextGaussian = y * factor;
      return x * factor;
    }
  }

  /** The low bits of the next state, unsigned. */
  #next(bits: number): number {
    let next = BigInt.asUintN(64, this.#state ^ (this.#state << 21n));
    next ^= next >> 35n;
    next = BigInt.asUintN(64, next ^ (next << 4n));
    this.#state = next;
    return Number(BigInt.asUintN(bits, next));
  }
}

/** Spreads a seed over all bits: two Murmur hashes of its bytes. */
function scrambled(seed: bigint): bigint {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, BigInt.asIntN(64, seed));
  const low = hashValue(BINARY, bytes, HASH_SEED);
  const high = hashValue(BINARY, bytes, low);
  return (BigInt.asUintN(32, BigInt(high)) << 32n) | BigInt.asUintN(32, BigInt(low));
}

const WORDS = 624;
const SHIFT = 397;

/** The Mersenne Twister (MT19937), seeded by the two halves of a long. */
export class MersenneTwister {
  readonly #state = new Uint32Array(WORDS);
  #at = WORDS;

  constructor(seed: bigint) {
    const key = [Number(BigInt.asUintN(32, seed >> 32n)), Number(BigInt.asUintN(32, seed))];
    const state = this.#state;
    state[0] = 19_650_218;
    for (let i = 1; i < WORDS; i++) {
      const before = state[i - 1] as number;
      state[i] = Math.imul(1_812_433_253, before ^ (before >>> 30)) + i;
    }
    let [i, j] = [1, 0];
    for (let k = WORDS; k > 0; k--) {
      state[i] = ((state[i] as number) ^ Math.imul(mixed(state[i - 1] as number), 1_664_525)) + (key[j] as number) + j;
      j = (j + 1) % key.length;
      i = this.#following(i);
    }
    for (let k = WORDS - 1; k > 0; k--) {
      state[i] = ((state[i] as number) ^ Math.imul(mixed(state[i - 1] as number), 1_566_083_941)) - i;
      i = this.#following(i);
    }
    state[0] = 0x8000_0000;
  }

  /** A whole number from 0 to below `bound`. */
  nextInt(bound: number): number {
    if ((bound & -bound) === bound) return Number((BigInt(bound) * BigInt(this.#next(31))) >> 31n);
    for (;;) {
      const bits = this.#next(31);
      const value = bits % bound;
      if (bits - value + (bound - 1) < 2 ** 31) return value;
    }
  }

  /** 64 random bits, unsigned. */
  nextLong(): bigint {
    const high = BigInt(this.#next(32));
    return (high << 32n) | BigInt(this.#next(32));
  }

  /** A UUID of version 4. */
  nextUuid(): string {
    const most = (this.nextLong() & 0xffff_ffff_ffff_0fffn) | 0x4000n;
    const least = (this.nextLong() | 0x8000_0000_0000_0000n) & 0xbfff_ffff_ffff_ffffn;
    const hex = `${most.toString(16).padStart(16, '0')}${least.toString(16).padStart(16, '0')}`;
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }

  #following(i: number): number {
    if (i + 1 < WORDS) return i + 1;
    this.#state[0] = this.#state[WORDS - 1] as number;
    return 1;
  }

  #next(bits: number): number {
    if (this.#at >= WORDS) this.#twist();
    let word = this.#state[this.#at++] as number;
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c_5680;
    word ^= (word << 15) & 0xefc6_0000;
    word ^= word >>> 18;
    return word >>> (32 - bits);
  }

  #twist(): void {
    const state = this.#state;
    for (let k = 0; k < WORDS; k++) {
      const word = ((state[k] as number) & 0x8000_0000) | ((state[(k + 1) % WORDS] as number) & 0x7fff_ffff);
      state[k] = (state[(k + SHIFT) % WORDS] as number) ^ (word >>> 1) ^ ((word & 1) === 1 ? 0x9908_b0df : 0);
    }
    this.#at = 0;
  }
}

function mixed(word: number): number {
  return word ^ (word >>> 30);
}

/** Java's Random: 48 bits, linear. */
export class JavaRandom {
  #state: bigint;

  constructor(seed: bigint) {
    this.#state = (seed ^ 0x5_deec_e66dn) & ((1n << 48n) - 1n);
  }

  /** A number from 0 to below 1. */
  nextDouble(): number {
    return (this.#next(26) * 134_217_728 + this.#next(27)) / 9_007_199_254_740_992;
  }

  #next(bits: number): number {
    this.#state = (this.#state * 0x5_deec_e66dn + 0xbn) & ((1n << 48n) - 1n);
    return Number(this.#state >> BigInt(48 - bits));
  }
}
