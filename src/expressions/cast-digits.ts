/** Casts a column of texts that are plain whole numbers, as most that are cast are, from their bytes; anything else is left to the general cast. */
import type { DataType } from '../types/data-type.ts';
import type { StringVector, Vector } from '../types/vector.ts';
import { halvesOf } from '../types/long-halves.ts';
import { integerRange } from './integer-range.ts';

const MAX_DIGITS = 15;
const TWO_32 = 2 ** 32;
/** With fewer rows per distinct text each row is read; with more, each text once. */
const ROWS_PER_TEXT = 4;

/** The column cast to an integral type; undefined when some text is not a plain number within its range. */
export function castDigits(vector: StringVector, target: DataType): Vector | undefined {
  const { ids, dictionary, validity, length } = vector;
  if (dictionary.size * ROWS_PER_TEXT < length) return undefined;
  const { offsets, bytes } = dictionary.contents();
  const isLong = target.kind === 'long';
  const limit = isLong ? 10 ** MAX_DIGITS : Number(integerRange(target).max);
  const longs = isLong ? new BigInt64Array(length) : undefined;
  const halves = longs === undefined ? undefined : halvesOf(longs);
  const ints = isLong ? undefined : new Int32Array(length);
  for (let row = 0; row < length; row++) {
    if (validity !== undefined && validity[row] === 0) continue;
    const id = ids[row] as number;
    const end = offsets[id + 1] as number;
    let at = offsets[id] as number;
    const isNegative = bytes[at] === 0x2d;
    if (isNegative) at++;
    if (at >= end || end - at > MAX_DIGITS) return undefined;
    let value = 0;
    for (; at < end; at++) {
      const digit = (bytes[at] as number) - 0x30;
      if (digit < 0 || digit > 9) return undefined;
      value = value * 10 + digit;
    }
    if (value > limit) return undefined;
    if (isNegative) value = 0 - value;
    if (ints !== undefined) ints[row] = value;
    else if (halves !== undefined) {
      const high = Math.floor(value / TWO_32);
      halves[2 * row] = value - high * TWO_32;
      halves[2 * row + 1] = high;
    }
  }
  if (longs !== undefined) return { layout: 'long', type: target, length, validity, values: longs };
  return ints && { layout: 'int', type: target, length, validity, values: ints };
}
