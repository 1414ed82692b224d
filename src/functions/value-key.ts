/** Texts that are equal when values of one type are equal for grouping: NaN = NaN, -0.0 = 0.0. For sets and maps of values. */
import type { Value } from '../types/vector.ts';

/** The value as a set keeps it: -0.0 is 0.0, also inside. */
export function withPositiveZero(value: Value): Value {
  if (value === 0) return 0;
  if (typeof value !== 'object' || value instanceof Uint8Array) return value;
  return (value as readonly (Value | null)[]).map((one) => (one === null ? null : withPositiveZero(one)));
}

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
