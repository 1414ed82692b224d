/** Casts among dates and timestamps, and between timestamps and numbers (seconds since 1970-01-01 UTC). */
import type { DataType } from '../types/data-type.ts';
import type { ValueCast } from './value-cast.ts';
import type { Cast } from './expression.ts';
import { MICROS_PER_DAY, MICROS_PER_SECOND, floorDivide, localToUtc, zoneOffsetMicros } from '../types/civil-time.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { sqlValue } from '../functions/sql-value.ts';
import { DOUBLE, LONG, isIntegral, sqlName } from '../types/data-type.ts';
import { castOverflow, doubleOfDecimal, fitDecimal, toIntegral } from './cast-numeric.ts';

const MAX_LONG = 2n ** 63n - 1n;
const MIN_LONG = -(2n ** 63n);

/** The cast when one side is a date or timestamp; undefined otherwise. */
export function castDateTime(from: DataType, target: DataType, mode: Cast['mode']): ValueCast | undefined {
  if (from.kind === 'timestamp') return fromTimestamp(target, mode);
  if (from.kind === 'timestamp_ntz') {
    if (target.kind === 'date') return (value) => Number(floorDivide(value as bigint, MICROS_PER_DAY));
    return (value, context) => localToUtc(context.timeZone, value as bigint);
  }
  if (from.kind === 'date') {
    if (target.kind === 'timestamp')
      return (value, context) => localToUtc(context.timeZone, BigInt(value as number) * MICROS_PER_DAY);
    if (target.kind === 'timestamp_ntz') return (value) => BigInt(value as number) * MICROS_PER_DAY;
    return () => null;
  }
  return target.kind === 'timestamp' ? toTimestamp(from, mode) : undefined;
}

function fromTimestamp(target: DataType, mode: Cast['mode']): ValueCast {
  switch (target.kind) {
    case 'date':
      return (value, { timeZone }) => {
        const micros = value as bigint;
        return Number(floorDivide(micros + zoneOffsetMicros(timeZone, micros), MICROS_PER_DAY));
      };
    case 'timestamp_ntz':
      return (value, { timeZone }) => (value as bigint) + zoneOffsetMicros(timeZone, value as bigint);
    case 'boolean':
      return (value) => value !== 0n;
    case 'float':
      return (value) => Math.fround(Number(value) / 1e6);
    case 'double':
      return (value) => Number(value) / 1e6;
    case 'decimal':
      return (value) => fitDecimal(value as bigint, 6, target, mode);
    default:
      return (value, { timeZone }) => {
        const seconds = floorDivide(value as bigint, MICROS_PER_SECOND);
        if (target.kind === 'long') return seconds;
        const whole = toIntegral(seconds, LONG, target, 'try');
        if (whole === null && mode === 'ansi') throw castOverflow(value, { kind: 'timestamp' }, target, timeZone);
        return whole;
      };
  }
}

function toTimestamp(from: DataType, mode: Cast['mode']): ValueCast {
  if (from.kind === 'boolean') return (value) => (value === true ? 1n : 0n);
  if (isIntegral(from)) return (value) => clamp(BigInt(value as number | bigint) * MICROS_PER_SECOND);
  if (from.kind === 'decimal')
    return (value) => toIntegral(doubleOfDecimal(value as bigint, from.scale) * 1e6, DOUBLE, LONG, mode);
  return (value) => {
    const seconds = value as number;
    if (!Number.isFinite(seconds)) {
      if (mode !== 'ansi') return null;
      throw new MillraceError('CAST_INVALID_INPUT', {
        expression: sqlValue(from, seconds),
        sourceType: `"${sqlName(from)}"`,
        targetType: '"TIMESTAMP"',
      });
    }
    const micros = toIntegral(seconds * 1e6, DOUBLE, LONG, mode === 'ansi' ? 'try' : mode);
    if (micros === null && mode === 'ansi') throw castOverflow(seconds, from, { kind: 'timestamp' });
    return micros;
  };
}

function clamp(micros: bigint): bigint {
  return micros > MAX_LONG ? MAX_LONG : micros < MIN_LONG ? MIN_LONG : micros;
}
