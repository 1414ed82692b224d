/** The ranges of the integral types. */
import type { DataType } from '../types/data-type.ts';

const BITS: Partial<Record<DataType['kind'], number>> = { byte: 8, short: 16, integer: 32, long: 64 };

/** Bits, least and greatest value of an integral type. */
export function integerRange(type: DataType): { readonly bits: number; readonly min: bigint; readonly max: bigint } {
  const bits = BITS[type.kind] ?? 64;
  const half = 1n << BigInt(bits - 1);
  return { bits, min: -half, max: half - 1n };
}
