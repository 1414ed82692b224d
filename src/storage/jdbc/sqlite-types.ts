/** Types of SQLite columns from the words they were declared with; integers have 64 bits. Expressions have none: their first value tells. */
import {
  BINARY,
  BOOLEAN,
  DATE,
  decimal,
  DOUBLE,
  LONG,
  STRING,
  TIMESTAMP,
  type DataType,
} from '../../types/data-type.ts';

const MAX_PRECISION = 38;

/** The type of a column by its declaration, in any letter case. */
export function sqliteType(declared: string): DataType {
  const words = declared.toUpperCase();
  const sized = /^(?:DECIMAL|NUMERIC)\s*\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)/.exec(words);
  if (sized !== null) {
    const precision = Math.min(Number(sized[1]), MAX_PRECISION);
    return decimal(precision, Math.min(Number(sized[2] ?? 0), precision));
  }
  if (words.includes('INT')) return LONG;
  if (words.startsWith('BOOL')) return BOOLEAN;
  if (words.startsWith('TIMESTAMP') || words.startsWith('DATETIME')) return TIMESTAMP;
  if (words.startsWith('DATE')) return DATE;
  if (words.includes('BLOB')) return BINARY;
  return /REAL|FLOA|DOUB|NUMERIC|DECIMAL/.test(words) ? DOUBLE : STRING;
}

/** The type of a column without a declaration. */
export function sqliteTypeOfValue(value: unknown): DataType {
  if (typeof value === 'bigint') return LONG;
  if (typeof value === 'number') return DOUBLE;
  return value instanceof Uint8Array ? BINARY : STRING;
}
