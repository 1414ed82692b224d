/** Sequence numbers are decimals of up to 56 digits: too long for a number, slow as bigint, so compared as text. */

/** Negative when `left` is before `right`; both without leading zeros. Meaningful within one shard only. */
export function compareSequenceNumbers(left: string, right: string): number {
  if (left.length !== right.length) return left.length - right.length;
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
