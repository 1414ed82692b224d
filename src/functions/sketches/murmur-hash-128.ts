/** The 128-bit MurmurHash3 (x64) that the sketches of Apache DataSketches are made with; its seed is theirs. */

const SEED = 9001n;
const C1 = 0x87c37b91114253d5n;
const C2 = 0x4cf5ad432745937fn;

const scratch = new Uint8Array(8);
const scratchView = new DataView(scratch.buffer);

function wrap(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}

function rotate(value: bigint, bits: bigint): bigint {
  return wrap(value << bits) | (value >> (64n - bits));
}

function mixFirst(key: bigint): bigint {
  return wrap(rotate(wrap(key * C1), 31n) * C2);
}

function mixSecond(key: bigint): bigint {
  return wrap(rotate(wrap(key * C2), 33n) * C1);
}

function finalMix(hash: bigint): bigint {
  let mixed = wrap((hash ^ (hash >> 33n)) * 0xff51afd7ed558ccdn);
  mixed = wrap((mixed ^ (mixed >> 33n)) * 0xc4ceb9fe1a85ec53n);
  return mixed ^ (mixed >> 33n);
}

/** The bytes from `at` on, at most eight, as a number of little end. */
function tailOf(bytes: Uint8Array, at: number): bigint {
  if (at >= bytes.length) return 0n;
  scratch.fill(0);
  scratch.set(bytes.subarray(at, at + 8));
  return scratchView.getBigUint64(0, true);
}

/** The two unsigned halves of the hash of some bytes. */
export function murmurHash128(bytes: Uint8Array): readonly [bigint, bigint] {
  let first = SEED;
  let second = SEED;
  const numBlocks = bytes.length >>> 4;
  for (let i = 0; i < numBlocks; i++) {
    first ^= mixFirst(tailOf(bytes, i * 16));
    first = wrap(wrap(rotate(first, 27n) + second) * 5n + 0x52dce729n);
    second ^= mixSecond(tailOf(bytes, i * 16 + 8));
    second = wrap(wrap(rotate(second, 31n) + first) * 5n + 0x38495ab5n);
  }
  first ^= mixFirst(tailOf(bytes, numBlocks * 16));
  second ^= mixSecond(tailOf(bytes, numBlocks * 16 + 8));
  const length = BigInt(bytes.length);
  first = wrap((first ^ length) + (second ^ length));
  second = wrap((second ^ length) + first);
  first = finalMix(first);
  second = finalMix(second);
  first = wrap(first + second);
  return [first, wrap(second + first)];
}

/** The hash of a whole number, as of the eight bytes of a long. */
export function murmurHashOfLong(value: bigint): readonly [bigint, bigint] {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, value, true);
  return murmurHash128(bytes);
}
