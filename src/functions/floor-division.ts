/** Division of whole columns of longs by a small positive number, rounded towards minus infinity, without a BigInt per row. */
import { areExact, halvesOf } from '../types/long-halves.ts';
import { floorDivide } from '../types/civil-time.ts';

const TWO_32 = 2 ** 32;

/** The quotients of the first `numRows` values by `divisor`, which is at most 2^31. */
export function floorDivideColumn(values: BigInt64Array, divisor: number, numRows: number): BigInt64Array {
  const quotients = new BigInt64Array(numRows);
  const source = halvesOf(values);
  if (!areExact(source, numRows)) {
    for (let i = 0; i < numRows; i++) quotients[i] = floorDivide(values[i] as bigint, BigInt(divisor));
    return quotients;
  }
  const target = halvesOf(quotients);
  for (let at = 0; at < numRows * 2; at += 2) {
    const value = (source[at + 1] as number) * TWO_32 + ((source[at] as number) >>> 0);
    let quotient = Math.floor(value / divisor);
    // The division is rounded to the nearest double, the product is exact.
    const rest = value - quotient * divisor;
    if (rest < 0) quotient--;
    else if (rest >= divisor) quotient++;
    const high = Math.floor(quotient / TWO_32);
    target[at] = quotient - high * TWO_32;
    target[at + 1] = high;
  }
  return quotients;
}
