/**
 * One text per value, equal exactly when Spark takes the values as the same grouping key: for key types without a fixed width (binary,
 * wide decimals, arrays). Not for people; see expressions/sql-text.ts for that.
 */
import type { Value } from '../types/vector.ts';

/** The text of a value; NaN equals NaN and -0.0 equals 0.0 inside it too. */
export function canonicalText(value: Value | null): string {
  if (value === null) return 'n';
  if (typeof value === 'boolean') return value ? 't' : 'f';
  if (typeof value === 'number') return `d${value + 0};`;
  if (typeof value === 'bigint') return `i${value};`;
  if (typeof value === 'string') return `s${value.length}:${value}`;
  return value instanceof Uint8Array ? binaryText(value) : `[${value.map((item) => canonicalText(item)).join('')}]`;
}

function binaryText(bytes: Uint8Array): string {
  let text = `b${bytes.length}:`;
  for (let i = 0; i < bytes.length; i++) text += String.fromCharCode(bytes[i] as number);
  return text;
}
