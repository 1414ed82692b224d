/** Turns the text of a CSV value into a `Value` of a type, as Spark's CSV reader does. One converter per type, made once per decoder. */
import type { DataType } from '../../types/data-type.ts';
import type { Value } from '../../types/vector.ts';
import type { TimeParsers } from '../text-values.ts';
import type { CsvReadOptions } from './csv-options.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { sqlName } from '../../types/data-type.ts';
import { decimalOfText } from '../text-values.ts';

/** The value, or undefined when the text is no value of the type. */
export type CsvConverter = (text: string) => Value | undefined;

const WHOLE = /^[+-]?\d{1,19}$/;
const REAL = /^[+-]?(?:NaN|Infinity|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[fFdD]?)$/;
const LONG_MAX = 9_223_372_036_854_775_807n;

/** The converter of a type; nested types are refused. */
export function csvConverter(name: string, type: DataType, options: CsvReadOptions, times: TimeParsers): CsvConverter {
  switch (type.kind) {
    case 'string':
      return (text) => text;
    case 'boolean':
      return (text) => (/^true$/i.test(text) ? true : /^false$/i.test(text) ? false : undefined);
    case 'byte':
      return wholeNumber(-128, 127);
    case 'short':
      return wholeNumber(-32_768, 32_767);
    case 'integer':
      return wholeNumber(-2_147_483_648, 2_147_483_647);
    case 'long':
      return (text) => {
        const value = WHOLE.test(text) ? BigInt(text.startsWith('+') ? text.slice(1) : text) : undefined;
        return value !== undefined && value >= -LONG_MAX - 1n && value <= LONG_MAX ? value : undefined;
      };
    case 'float':
      return realNumber(options, Math.fround);
    case 'double':
      return realNumber(options, (value) => value);
    case 'decimal':
      return (text) => decimalOfText(text.replaceAll(',', ''), type.precision, type.scale);
    case 'date':
      return times.date;
    case 'timestamp':
      return times.timestamp;
    case 'timestamp_ntz':
      return times.timestampNtz;
    case 'time':
      return times.time;
    case 'binary':
      return (text) => new TextEncoder().encode(text);
    default:
      throw new MillraceError('UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE', {
        format: 'CSV',
        columnName: `\`${name}\``,
        columnType: `"${sqlName(type)}"`,
      });
  }
}

function wholeNumber(min: number, max: number): CsvConverter {
  return (text) => {
    const value = WHOLE.test(text) ? Number(text) : Number.NaN;
    return value >= min && value <= max ? value : undefined;
  };
}

/** Java's syntax of numbers: blanks around, a type letter behind. */
function realNumber(options: CsvReadOptions, round: (value: number) => number): CsvConverter {
  return (text) => {
    if (text === options.nanValue) return Number.NaN;
    if (text === options.positiveInf) return Infinity;
    if (text === options.negativeInf) return -Infinity;
    const trimmed = text.trim();
    return REAL.test(trimmed) ? round(Number(trimmed.replace(/[fFdD]$/, ''))) : undefined;
  };
}
