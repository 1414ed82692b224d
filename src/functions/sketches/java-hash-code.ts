/** `hashCode()` of the objects Java keeps values of simple types in. */
import type { DataType } from '../../types/data-type.ts';
import type { Value } from '../../types/vector.ts';
import { decimalText } from '../../types/number-text.ts';

const scratch = new DataView(new ArrayBuffer(8));

function folded(value: bigint): number {
  return Number(BigInt.asIntN(32, value ^ (BigInt.asUintN(64, value) >> 32n)));
}

function hashOfText(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return hash;
}

function hashOfDouble(value: number): number {
  scratch.setFloat64(0, value);
  return Number.isNaN(value) ? 0x7ff80000 : folded(scratch.getBigInt64(0));
}

function hashOfFloat(value: number): number {
  scratch.setFloat32(0, value);
  return Number.isNaN(value) ? 0x7fc00000 : scratch.getInt32(0);
}

/** Of a decimal as Scala hashes it: as a whole number or a double where it is one, else by digits and scale. */
function hashOfDecimal(unscaled: bigint, scale: number): number {
  const factor = 10n ** BigInt(scale);
  if (unscaled % factor === 0n) return hashOfWhole(unscaled / factor);
  let [digits, places] = [unscaled, scale];
  while (digits % 10n === 0n) [digits, places] = [digits / 10n, places - 1];
  const text = decimalText(digits, places);
  const double = Number(text);
  if (String(double) === text) return Math.fround(double) === double ? hashOfFloat(double) : hashOfDouble(double);
  const key = Math.imul(places, 0xcc9e2d51);
  return hashOfBigInteger(digits) ^ Math.imul((key << 15) | (key >>> 17), 0x1b873593);
}

/** Of a whole number as Scala hashes it. */
function hashOfWhole(value: bigint): number {
  if (BigInt.asIntN(32, value) === value) return Number(value);
  return BigInt.asIntN(64, value) === value ? folded(value) : hashOfBigInteger(value);
}

function hashOfBigInteger(value: bigint): number {
  const words: number[] = [];
  for (let rest = value < 0n ? -value : value; rest > 0n; rest >>= 32n) words.unshift(Number(rest & 0xffffffffn));
  const hash = words.reduce((sum, word) => (Math.imul(sum, 31) + word) | 0, 0);
  return value < 0n ? -hash | 0 : hash;
}

/** The hash of a value that is not null. */
export function javaHashCode(value: Value, type: DataType): number {
  if (typeof value === 'boolean') return value ? 1231 : 1237;
  if (typeof value === 'string') return hashOfText(value);
  if (typeof value === 'bigint') return type.kind === 'decimal' ? hashOfDecimal(value, type.scale) : folded(value);
  if (type.kind === 'double') return hashOfDouble(value as number);
  return type.kind === 'float' ? hashOfFloat(value as number) : (value as number);
}
