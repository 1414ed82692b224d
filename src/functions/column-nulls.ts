/** Validity of kernel results: a row is null where any argument is. */
import type { Vector } from '../types/vector.ts';

/** The joint validity of two columns; undefined when neither has nulls. The arrays may be shared with the arguments. */
export function jointValidity(left: Vector, right: Vector, numRows: number): Uint8Array | undefined {
  if (left.validity === undefined) return right.validity;
  if (right.validity === undefined) return left.validity;
  const validity = new Uint8Array(numRows);
  for (let i = 0; i < numRows; i++) validity[i] = (left.validity[i] as number) & (right.validity[i] as number);
  return validity;
}

/** The validity to write nulls into: a copy, or all valid. */
export function ownValidity(validity: Uint8Array | undefined, numRows: number): Uint8Array {
  return validity === undefined ? new Uint8Array(numRows).fill(1) : validity.slice(0, numRows);
}
