/** Values as error messages write them: `1`, `1L`, `1.5D`, `2.50BD`, `'abc'`. */
import type { DataType } from '../types/data-type.ts';
import type { Value } from '../types/vector.ts';
import { formatDate, formatTimestamp } from '../types/civil-time.ts';
import { formatTime } from '../types/time-of-day.ts';
import { decimalText, javaDouble, javaFloat } from '../types/number-text.ts';

/** The text of a value in an error message. */
export function sqlValue(type: DataType, value: Value | null, timeZone = 'UTC'): string {
  if (value === null) return 'NULL';
  switch (type.kind) {
    case 'byte':
      return `${String(value)}Y`;
    case 'short':
      return `${String(value)}S`;
    case 'long':
      return `${String(value)}L`;
    case 'float':
      return javaFloat(value as number);
    case 'double':
      return Number.isFinite(value) ? `${javaDouble(value as number)}D` : javaDouble(value as number);
    case 'decimal':
      return `${decimalText(value as bigint, type.scale)}BD`;
    case 'string':
      return quotedText(value as string);
    case 'date':
      return `DATE '${formatDate(value as number)}'`;
    case 'timestamp':
      return `TIMESTAMP '${formatTimestamp(value as bigint, timeZone)}'`;
    case 'time':
      return `TIME '${formatTime(value as bigint)}'`;
    default:
      return String(value);
  }
}

/** `'it\'s'`: a text as SQL writes it. */
export function quotedText(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
