/**
 * `a IN (…)` with a long list of constants: their values become a set once, so that a row costs one look-up and not one comparison per
 * value. Short lists are generated loops or plain calls.
 */
import type { Vector } from '../types/vector.ts';
import type { Value } from '../types/vector.ts';
import type { Expression, ScalarCall } from './expression.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { valueKey } from '../functions/value-key.ts';
import { BOOLEAN } from '../types/data-type.ts';
import { valueAt } from '../types/vector.ts';
import { isConstant } from './constant.ts';
import { MAX_LISTED } from './generated-support.ts';

/** The values of a list; NULL is none of them, but leaves open what is not found. */
export interface ValueSet {
  readonly keys: ReadonlySet<string>;
  readonly hasNull: boolean;
}

/** True for a test against so many constants that a set of them is worth it. */
export function isLongList({ functionName, arguments: args }: ScalarCall): boolean {
  return functionName === 'in' && args.length > MAX_LISTED + 1 && args.every((one, i) => i === 0 || isConstant(one));
}

/** The set of what `evaluate` says of each candidate; `none` when one fails, which then has to wait for a row that reaches it. */
export function valueSetOf(
  candidates: readonly Expression[],
  evaluate: (candidate: Expression) => Value | null,
): ValueSet | 'none' {
  try {
    const keys = new Set<string>();
    let hasNull = false;
    for (const candidate of candidates) {
      const value = candidate.kind === 'literal' ? candidate.value : evaluate(candidate);
      if (value === null) hasNull = true;
      else keys.add(valueKey(value));
    }
    return { keys, hasNull };
  } catch (error) {
    if (error instanceof MillraceError) return 'none';
    throw error;
  }
}

/** Whether each value of the column is in the set. */
export function testMembers(column: Vector, { keys, hasNull }: ValueSet, numRows: number): Vector {
  const values = new Uint8Array(numRows);
  const validity = new Uint8Array(numRows);
  for (let row = 0; row < numRows; row++) {
    const value = valueAt(column, row);
    if (value === null) continue;
    const isFound = keys.has(valueKey(value));
    values[row] = isFound ? 1 : 0;
    validity[row] = isFound || !hasNull ? 1 : 0;
  }
  return {
    layout: 'boolean',
    type: BOOLEAN,
    length: numRows,
    values,
    validity: validity.includes(0) ? validity : undefined,
  };
}
