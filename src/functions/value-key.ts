/** Texts that are equal when values of one type are equal for grouping: NaN = NaN, -0.0 = 0.0. For sets and maps of values. */
import type { Value } from '../types/vector.ts';

/** The key of a value; null has one too. Only keys of values of the same type may be compared. */
export function valueKey(value: Value | null): string {
  if (value === null) return 'n';
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'number':
      return String(value === 0 ? 0 : value);
    case 'bigint':
    case 'boolean':
      return String(value);
    default:
      return value instanceof Uint8Array
        ? `x${Buffer.from(value).toString('hex')}`
        : `[${(value as readonly (Value | null)[]).map(valueKey).join()}]`;
  }
}
