/**
 * What is known of the rows a query wants from a table, in a form sources understand: they may leave out files, folders and groups of rows
 * that hold no such row. The query filters again, so leaving out too little is right, leaving out a wanted row is not.
 */
import type { Value } from './vector.ts';

/** Rows for which the comparison is not true are not wanted. Values have the type of the column. */
export type ScanFilter =
  | {
      readonly kind: 'compare';
      readonly column: string;
      readonly operator: '=' | '<' | '<=' | '>' | '>=';
      readonly value: Value;
    }
  | { readonly kind: 'in'; readonly column: string; readonly values: readonly Value[] }
  | { readonly kind: 'isNull'; readonly column: string }
  | { readonly kind: 'isNotNull'; readonly column: string };

/** The smallest and largest value that is not null; undefined: not known. */
export interface ColumnBounds {
  readonly min: Value | undefined;
  readonly max: Value | undefined;
  /** Undefined: not known. */
  readonly hasNulls: boolean | undefined;
  readonly hasValues: boolean | undefined;
}

/** Whether a group of rows with these bounds can hold a wanted row. */
export function mayMatch(filter: ScanFilter, { min, max, hasNulls, hasValues }: ColumnBounds): boolean {
  if (filter.kind === 'isNull') return hasNulls !== false;
  if (hasValues === false) return false;
  if (filter.kind === 'isNotNull') return true;
  const reaches = (value: Value): boolean => max === undefined || compare(value, max) <= 0;
  const isReached = (value: Value): boolean => min === undefined || compare(value, min) >= 0;
  if (filter.kind === 'in') return filter.values.some((value) => reaches(value) && isReached(value));
  const { operator, value } = filter;
  switch (operator) {
    case '=':
      return reaches(value) && isReached(value);
    case '<':
      return min === undefined || compare(min, value) < 0;
    case '<=':
      return min === undefined || compare(min, value) <= 0;
    case '>':
      return max === undefined || compare(max, value) > 0;
    default:
      return max === undefined || compare(max, value) >= 0;
  }
}

/** Order of two values of one type, as Spark orders them; 0 for values that are not compared here. */
function compare(left: Value, right: Value): number {
  if (typeof left === 'string' && typeof right === 'string') return compareTexts(left, right);
  if (typeof left !== typeof right || typeof left === 'object') return 0;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** By code points, which is the order of their UTF-8 bytes. */
function compareTexts(left: string, right: string): number {
  const a = [...left];
  const b = [...right];
  for (let i = 0; i < a.length && i < b.length; i++) {
    const difference = (a[i]?.codePointAt(0) ?? 0) - (b[i]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
