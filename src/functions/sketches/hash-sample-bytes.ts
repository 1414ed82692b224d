/**
 * Samples of hashes as the compact sketches of Apache DataSketches: theta sketches (family 3) and tuple sketches (family 9) with doubles or
 * ints beside the hashes. Byte 0 is the length of the head in words, 1 the version, 2 the family, 5 flags, 6 and 7 tell the hash. Version 3:
 * the number of hashes at 8, the bound at 16 where there is one, the hashes. Version 4, of theta sketches: the bits of a difference in byte 3,
 * the bytes of the number of hashes in byte 4, the bound where there is one, the number, the differences of the sorted hashes bit by bit.
 */
import { HashSample, WHOLE } from './hash-sample.ts';

const THETA = 3;
const TUPLE = 9;
const COMPACT_SKETCH = 1;
const SEED_HASH = [0xcc, 0x93] as const;
const FLAG = { readOnly: 2, empty: 4, compact: 8, ordered: 16, single: 32 };
const THETA_FLAGS = FLAG.readOnly | FLAG.compact | FLAG.ordered;

/** What is beside the hashes. */
export type SummaryKind = 'none' | 'double' | 'integer';

const SUMMARY_BYTES = { none: 0, double: 8, integer: 4 };

/** The bytes of a theta sketch. */
export function thetaBytes(sample: HashSample): Uint8Array {
  const hashes = sample.sorted();
  const isCut = sample.bound < WHOLE;
  if (sample.isEmpty) return Uint8Array.of(1, 3, THETA, 0, 0, THETA_FLAGS | FLAG.empty, 0, 0);
  if (hashes.length === 1 && !isCut) {
    const bytes = new Uint8Array(16);
    bytes.set([1, 3, THETA, 0, 0, THETA_FLAGS | FLAG.single, ...SEED_HASH]);
    new DataView(bytes.buffer).setBigUint64(8, hashes[0] as bigint, true);
    return bytes;
  }
  return hashes.length === 0 ? plainBytes(sample) : packedBytes(hashes, isCut ? sample.bound : undefined);
}

/** A theta sketch of a bound and no hashes. */
function plainBytes({ bound }: HashSample): Uint8Array {
  const bytes = new Uint8Array(24);
  const view = new DataView(bytes.buffer);
  bytes.set([3, 3, THETA, 0, 0, THETA_FLAGS, ...SEED_HASH]);
  view.setFloat32(12, 1, true);
  view.setBigUint64(16, bound, true);
  return bytes;
}

function packedBytes(hashes: BigUint64Array, bound: bigint | undefined): Uint8Array {
  const differences = hashes.map((hash, i) => hash - (i === 0 ? 0n : (hashes[i - 1] as bigint)));
  const all = differences.reduce((bits, difference) => bits | difference, 0n);
  const numBits = all.toString(2).length;
  const countBytes = Math.ceil((32 - Math.clz32(hashes.length)) / 8);
  const start = (bound === undefined ? 8 : 16) + countBytes;
  const bytes = new Uint8Array(start + Math.ceil((numBits * hashes.length) / 8));
  const view = new DataView(bytes.buffer);
  bytes.set([bound === undefined ? 1 : 2, 4, THETA, numBits, countBytes, THETA_FLAGS, ...SEED_HASH]);
  if (bound !== undefined) view.setBigUint64(8, bound, true);
  for (let i = 0; i < countBytes; i++) bytes[start - countBytes + i] = hashes.length >>> (8 * i);
  let at = start * 8;
  for (const difference of differences)
    for (let bit = numBits - 1; bit >= 0; bit--, at++)
      if (((difference >> BigInt(bit)) & 1n) === 1n) bytes[at >> 3] = (bytes[at >> 3] as number) | (0x80 >> (at & 7));
  return bytes;
}

/** The sample of a theta sketch; undefined where the bytes are of none. */
export function thetaSample(bytes: Uint8Array): HashSample | undefined {
  const [words = 0, version = 0, family, numBits = 0, countBytes = 0, flags = 0] = bytes;
  const sample = new HashSample();
  if (bytes.length < 8 || family !== THETA || version < 3 || version > 4) return undefined;
  if ((flags & FLAG.empty) !== 0) return sample;
  sample.isEmpty = false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (version === 4) {
    const start = words * 8 + countBytes;
    if (words === 2) sample.bound = view.getBigUint64(8, true);
    let count = 0;
    for (let i = 0; i < countBytes; i++) count += (bytes[words * 8 + i] as number) * 256 ** i;
    if (bytes.length < start + Math.ceil((count * numBits) / 8)) return undefined;
    let at = start * 8;
    let hash = 0n;
    for (let i = 0; i < count; i++) {
      let difference = 0n;
      for (let bit = 0; bit < numBits; bit++, at++)
        difference = (difference << 1n) | BigInt(((bytes[at >> 3] as number) >> (7 - (at & 7))) & 1);
      hash += difference;
      sample.entries.set(hash, 0);
    }
    return sample;
  }
  return plainSample(sample, view, words, 'none');
}

/** Hashes and numbers of version 3 behind a head of so many words. */
function plainSample(sample: HashSample, view: DataView, words: number, kind: SummaryKind): HashSample | undefined {
  const size = 8 + SUMMARY_BYTES[kind];
  const count = words === 1 ? 1 : view.byteLength < 16 ? -1 : view.getInt32(8, true);
  if (count < 0 || view.byteLength < words * 8 + count * size) return undefined;
  if (words === 3) sample.bound = view.getBigUint64(16, true);
  for (let i = 0, at = words * 8; i < count; i++, at += size) {
    const number =
      kind === 'none' ? 0 : kind === 'double' ? view.getFloat64(at + 8, true) : view.getInt32(at + 8, true);
    sample.entries.set(view.getBigUint64(at, true), number);
  }
  return sample;
}

/** The bytes of a tuple sketch. */
export function tupleBytes(sample: HashSample, kind: SummaryKind): Uint8Array {
  const isCut = sample.bound < WHOLE;
  const { size } = sample.entries;
  const words = isCut ? 3 : size === 1 ? 1 : size === 0 ? 1 : 2;
  const bytes = new Uint8Array(words * 8 + size * (8 + SUMMARY_BYTES[kind]));
  const view = new DataView(bytes.buffer);
  const flags =
    FLAG.readOnly | FLAG.compact | (sample.isEmpty ? FLAG.empty : 0) | (size === 1 && !isCut ? FLAG.single : 0);
  bytes.set([words, 3, TUPLE, COMPACT_SKETCH, 0, flags, ...SEED_HASH]);
  if (words > 1) view.setInt32(8, size, true);
  if (isCut) view.setBigUint64(16, sample.bound, true);
  let at = words * 8;
  for (const [hash, number] of sample.entries) {
    view.setBigUint64(at, hash, true);
    if (kind === 'double') view.setFloat64(at + 8, number, true);
    else view.setInt32(at + 8, number, true);
    at += 8 + SUMMARY_BYTES[kind];
  }
  return bytes;
}

/** The sample of a tuple sketch; undefined where the bytes are of none. */
export function tupleSample(bytes: Uint8Array, kind: SummaryKind): HashSample | undefined {
  const [words = 0, version, family, , , flags = 0] = bytes;
  if (bytes.length < 8 || version !== 3 || family !== TUPLE) return undefined;
  const sample = new HashSample();
  if ((flags & FLAG.empty) !== 0) return sample;
  sample.isEmpty = false;
  return plainSample(sample, new DataView(bytes.buffer, bytes.byteOffset, bytes.length), words, kind);
}
