/** Casts from text to every other atomic type. */
import type { DataType, DecimalType } from '../types/data-type.ts';
import type { Value } from '../types/vector.ts';
import type { ValueCast } from './value-cast.ts';
import type { Cast } from './expression.ts';
import { invalidText } from '../functions/invalid-text.ts';
import { parseDecimal } from '../types/decimal.ts';
import { cutTime, parseTime } from '../types/time-of-day.ts';
import { parseDate, parseTimestamp, parseTimestampNtz } from '../types/timestamp-text.ts';
import { isAnsiInterval } from '../types/data-type.ts';
import { intervalFromText } from './cast-interval.ts';
import { fitDecimal } from './cast-numeric.ts';
import { integerRange } from './integer-range.ts';
import { parseBoolean, parseDouble, parseInteger } from './cast-text.ts';

const encoder = new TextEncoder();

/** The cast of texts to `target`. */
export function castFromText(target: DataType, mode: Cast['mode']): ValueCast {
  if (target.kind === 'binary') return (value) => encoder.encode(value as string);
  if (isAnsiInterval(target) || target.kind === 'calendar_interval') return intervalFromText(target, mode);
  if (target.kind === 'decimal') return (value) => decimalFromText(value as string, target, mode);
  const parse = parserOf(target, mode);
  return (value, context) => {
    const parsed = parse(value as string, context.timeZone, context.batchTimestampMicros);
    if (parsed !== undefined && parsed !== null) return parsed;
    if (mode === 'ansi') throw invalidText(value as string, target);
    return null;
  };
}

function parserOf(
  target: DataType,
  mode: Cast['mode'],
): (text: string, zone: string, nowMicros: bigint) => Value | null | undefined {
  switch (target.kind) {
    case 'boolean':
      return parseBoolean;
    case 'byte':
    case 'short':
    case 'integer': {
      const { min, max } = integerRange(target);
      return (text) => {
        const parsed = parseInteger(text, min, max, mode === 'legacy');
        return parsed === undefined ? undefined : Number(parsed);
      };
    }
    case 'long': {
      const { min, max } = integerRange(target);
      return (text) => parseInteger(text, min, max, mode === 'legacy');
    }
    case 'float':
      return (text) => {
        const parsed = parseDouble(text);
        return parsed === undefined ? undefined : Math.fround(parsed);
      };
    case 'double':
      return parseDouble;
    case 'date':
      return parseDate;
    case 'time':
      return (text) => {
        const nanos = parseTime(text);
        return nanos === null ? null : cutTime(nanos, target.precision);
      };
    case 'timestamp':
      return parseTimestamp;
    default:
      return parseTimestampNtz;
  }
}

function decimalFromText(text: string, target: DecimalType, mode: Cast['mode']): Value | null {
  const parsed = parseDecimal(text);
  if (parsed !== undefined) return fitDecimal(parsed.unscaled, parsed.scale, target, mode);
  if (mode === 'ansi') throw invalidText(text, target);
  return null;
}
