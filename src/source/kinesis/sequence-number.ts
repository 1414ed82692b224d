/**
 * Sequence numbers are decimals of up to 56 digits: too long for a number, slow as bigint, so compared as text. A *place* is a sequence
 * number, or `<sequence number>/<index>` for a user record inside an aggregate that is not its last: what has been read up to a place
 * without an index has been read to the end of that record.
 */

/** Negative when `left` is before `right`; both without leading zeros. Meaningful within one shard only. */
export function compareSequenceNumbers(left: string, right: string): number {
  if (left.length !== right.length) return left.length - right.length;
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** Like compareSequenceNumbers, of places. */
export function comparePlaces(left: string, right: string): number {
  const leftEnd = left.indexOf('/');
  const rightEnd = right.indexOf('/');
  if (leftEnd < 0 && rightEnd < 0) return compareSequenceNumbers(left, right);
  if (left === right) return 0;
  const order = compareSequenceNumbers(sequenceNumberOf(left), sequenceNumberOf(right));
  if (order !== 0) return order;
  if (leftEnd < 0) return 1;
  return rightEnd < 0 ? -1 : Number(left.slice(leftEnd + 1)) - Number(right.slice(rightEnd + 1));
}

/** The sequence number of a place. */
export function sequenceNumberOf(place: string): string {
  const end = place.indexOf('/');
  return end < 0 ? place : place.slice(0, end);
}

/** The index inside the aggregate; undefined for a place after a whole record. */
export function subSequenceOf(place: string): number | undefined {
  const end = place.indexOf('/');
  return end < 0 ? undefined : Number(place.slice(end + 1));
}

/** The place behind a user record, or behind a whole record. */
export function placeAt(sequenceNumber: string, subSequenceNumber: number | undefined): string {
  return subSequenceNumber === undefined ? sequenceNumber : `${sequenceNumber}/${subSequenceNumber}`;
}
