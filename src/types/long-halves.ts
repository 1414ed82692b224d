/**
 * 64-bit columns as pairs of 32-bit words, low word first, as on every platform Node runs on here. Loops that compare, convert or divide
 * read the words: a BigInt that leaves its loop is an object.
 */

/** The words of a column of longs, or of doubles: the low half of row i at 2 i, the high half at 2 i + 1. Shares its memory. */
export function halvesOf(longs: BigInt64Array | Float64Array): Int32Array {
  return new Int32Array(longs.buffer, longs.byteOffset, longs.length * 2);
}

/** Longs from -EXACT_LONG to EXACT_LONG - 1, and sums of two of them, are exact as doubles. */
export const EXACT_LONG = 2 ** 52;

/** High words from -EXACT_HIGH to EXACT_HIGH - 1 belong to longs within EXACT_LONG. */
export const EXACT_HIGH = 2 ** 20;

/** True when the first `numRows` longs are within EXACT_LONG. */
export function areExact(halves: Int32Array, numRows: number): boolean {
  let outside = 0;
  for (let i = 1; i < numRows * 2; i += 2) {
    const high = halves[i] as number;
    outside |= (high + EXACT_HIGH) & (-2 * EXACT_HIGH);
  }
  return outside === 0;
}
