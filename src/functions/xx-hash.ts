/** xxHash64 as Spark's `xxhash64(…)` computes it, value by value, chained from column to column with seed 42. */
import type { DataType } from '../types/data-type.ts';
import type { Value } from '../types/vector.ts';

type Items = readonly (Value | null)[];

const P1 = 0x9e3779b185ebca87n;
const P2 = 0xc2b2ae3d27d4eb4fn;
const P3 = 0x165667b19e3779f9n;
const P4 = 0x85ebca77c2b2ae63n;
const P5 = 0x27d4eb2f165667c5n;

const encoder = new TextEncoder();
const scratch = new DataView(new ArrayBuffer(8));

function wrap(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}

function rotate(value: bigint, bits: bigint): bigint {
  return wrap(value << bits) | (value >> (64n - bits));
}

function avalanche(hash: bigint): bigint {
  let mixed = wrap((hash ^ (hash >> 33n)) * P2);
  mixed = wrap((mixed ^ (mixed >> 29n)) * P3);
  return mixed ^ (mixed >> 32n);
}

function round(lane: bigint, input: bigint): bigint {
  return wrap(rotate(wrap(lane + input * P2), 31n) * P1);
}

function hashInt(value: number, seed: bigint): bigint {
  const hash = wrap(seed + P5 + 4n) ^ wrap(BigInt(value >>> 0) * P1);
  return avalanche(wrap(rotate(hash, 23n) * P2 + P3));
}

function hashLong(value: bigint, seed: bigint): bigint {
  const hash = wrap(seed + P5 + 8n) ^ round(0n, wrap(value));
  return avalanche(wrap(rotate(hash, 27n) * P1 + P4));
}

function hashBytes(bytes: Uint8Array, seed: bigint): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const { length } = bytes;
  let at = 0;
  let hash: bigint;
  if (length >= 32) {
    let lanes = [wrap(seed + P1 + P2), wrap(seed + P2), seed, wrap(seed - P1)];
    for (; at <= length - 32; at += 32) {
      const start = at;
      lanes = lanes.map((lane, i) => round(lane, view.getBigUint64(start + i * 8, true)));
    }
    const [a = 0n, b = 0n, c = 0n, d = 0n] = lanes;
    hash = wrap(rotate(a, 1n) + rotate(b, 7n) + rotate(c, 12n) + rotate(d, 18n));
    for (const lane of lanes) hash = wrap((hash ^ round(0n, lane)) * P1 + P4);
  } else hash = wrap(seed + P5);
  hash = wrap(hash + BigInt(length));
  for (; at <= length - 8; at += 8) hash = wrap(rotate(hash ^ round(0n, view.getBigUint64(at, true)), 27n) * P1 + P4);
  for (; at <= length - 4; at += 4)
    hash = wrap(rotate(hash ^ wrap(BigInt(view.getUint32(at, true)) * P1), 23n) * P2 + P3);
  for (; at < length; at++) hash = wrap(rotate(hash ^ wrap(BigInt(bytes[at] ?? 0) * P5), 11n) * P1);
  return avalanche(hash);
}

/** The bytes of Java's BigInteger.toByteArray: big-endian two's complement, as short as possible. */
function bigIntegerBytes(value: bigint): Uint8Array {
  let width = 1;
  while (BigInt.asIntN(width * 8, value) !== value) width++;
  const hex = BigInt.asUintN(width * 8, value)
    .toString(16)
    .padStart(width * 2, '0');
  return Uint8Array.from({ length: width }, (_, i) => Number.parseInt(hex.slice(i * 2, i * 2 + 2), 16));
}

/** The unsigned hash of one value after a seed; null gives the seed. */
export function xxHash64(type: DataType, value: Value | null, seed: bigint): bigint {
  if (value === null) return seed;
  switch (type.kind) {
    case 'boolean':
      return hashInt(value === true ? 1 : 0, seed);
    case 'byte':
    case 'short':
    case 'integer':
    case 'date':
    case 'year_month_interval':
      return hashInt(value as number, seed);
    case 'long':
    case 'timestamp':
    case 'timestamp_ntz':
    case 'time':
    case 'day_time_interval':
      return hashLong(value as bigint, seed);
    case 'float':
      scratch.setFloat32(0, value === 0 ? 0 : (value as number));
      return hashInt(scratch.getInt32(0), seed);
    case 'double':
      scratch.setFloat64(0, value === 0 ? 0 : (value as number));
      return hashLong(scratch.getBigInt64(0), seed);
    case 'decimal':
      return type.precision <= 18 ? hashLong(value as bigint, seed) : hashBytes(bigIntegerBytes(value as bigint), seed);
    case 'calendar_interval': {
      const [months, days, micros] = value as readonly [number, number, bigint];
      return hashInt(months, hashInt(days, hashLong(micros, seed)));
    }
    case 'string':
      return hashBytes(encoder.encode(value as string), seed);
    case 'binary':
      return hashBytes(value as Uint8Array, seed);
    case 'array':
      return (value as Items).reduce((hash: bigint, item) => xxHash64(type.elementType, item, hash), seed);
    case 'struct':
      return type.fields.reduce((hash, field, i) => xxHash64(field.dataType, (value as Items)[i] ?? null, hash), seed);
    case 'map':
      return (value as readonly Items[]).reduce(
        (hash, [key, item]) => xxHash64(type.valueType, item ?? null, xxHash64(type.keyType, key ?? null, hash)),
        seed,
      );
    case 'void':
      return seed;
  }
}
