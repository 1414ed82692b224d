/** Conversions between timestamps, dates and numbers since 1970-01-01. */
import type { DataType } from '../types/data-type.ts';
import type { ScalarFunction } from './define-function.ts';
import type { Vector } from '../types/vector.ts';
import { assert } from '../errors/assert.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { floorDivide } from '../types/civil-time.ts';
import { DATE, DOUBLE, INTEGER, LONG, TIMESTAMP, isIntegral } from '../types/data-type.ts';
import { powerOfTen } from '../types/decimal.ts';
import { floorDivideColumn } from './floor-division.ts';
import type { Parameter } from './row-function.ts';
import { date, int, numeric, strictly, timestamp } from './parameters.ts';
import { rowFunction } from './row-function.ts';
import { sqlValue } from './sql-value.ts';

/** A moment that is no text. */
const moment: Parameter<bigint> = {
  ...timestamp,
  accept: (type) => (type.kind === 'string' ? undefined : timestamp.accept(type)),
};

/** A whole number without casts, as a long. */
const wholeNumber: Parameter<bigint> = {
  required: '"INTEGRAL"',
  accept: (type) => (isIntegral(type) || type.kind === 'void' ? LONG : undefined),
};

function scaledTimestamp(value: bigint, factor: bigint, unit: string): bigint {
  const micros = value * factor;
  if (micros === BigInt.asIntN(64, micros)) return micros;
  throw new MillraceError('DATETIME_OVERFLOW', {
    operation: `create a TIMESTAMP from ${sqlValue(LONG, value)} ${unit} since the epoch`,
  });
}

const timestampSeconds = rowFunction({
  name: 'timestamp_seconds',
  doc: {
    usage: 'The timestamp of seconds since 1970-01-01 UTC.',
    example: 'unix_seconds(timestamp_seconds(1230219000))',
    result: '1230219000',
  },
  parameters: [
    {
      ...numeric,
      accept: (type: DataType) =>
        isIntegral(type)
          ? LONG
          : type.kind === 'float'
            ? DOUBLE
            : type.kind === 'string'
              ? undefined
              : numeric.accept(type),
    },
  ],
  returns: TIMESTAMP,
  result: 'mayBeNull',
  apply: ([value], _context, { types: [type] }) => {
    if (typeof value === 'number') return Number.isFinite(value) ? BigInt(Math.trunc(value * 1e6)) : null;
    if (type?.kind === 'decimal') return (value * 1_000_000n) / powerOfTen(type.scale);
    return scaledTimestamp(value, 1_000_000n, 'seconds');
  },
});

function longsOf(times: Vector): BigInt64Array {
  assert(times.layout === 'long', 'a timestamp is a long');
  return times.values;
}

export const EPOCH_FUNCTIONS: readonly ScalarFunction[] = [
  timestampSeconds,
  rowFunction({
    name: 'unix_seconds',
    doc: { usage: 'Seconds since 1970-01-01 UTC.', example: 'unix_seconds(timestamp_seconds(1))', result: '1' },
    parameters: [moment],
    returns: LONG,
    apply: ([micros]) => floorDivide(micros, 1_000_000n),
    column: (times, numRows) => floorDivideColumn(longsOf(times), 1_000_000, numRows),
  }),
  rowFunction({
    name: 'unix_millis',
    doc: { usage: 'Milliseconds since 1970-01-01 UTC.', example: 'unix_millis(timestamp_millis(1))', result: '1' },
    parameters: [moment],
    returns: LONG,
    apply: ([micros]) => floorDivide(micros, 1000n),
    column: (times, numRows) => floorDivideColumn(longsOf(times), 1000, numRows),
  }),
  rowFunction({
    name: 'unix_micros',
    doc: { usage: 'Microseconds since 1970-01-01 UTC.', example: 'unix_micros(timestamp_micros(1))', result: '1' },
    parameters: [moment],
    returns: LONG,
    apply: ([micros]) => micros,
    column: (times, numRows) => longsOf(times).subarray(0, numRows),
  }),
  rowFunction({
    name: 'unix_date',
    doc: { usage: 'Days since 1970-01-01.', example: "unix_date(to_date('1970-01-02'))", result: '1' },
    parameters: [strictly(date, 'date')],
    returns: INTEGER,
    apply: ([days]) => days,
  }),
  rowFunction({
    name: 'date_from_unix_date',
    doc: { usage: 'The date of days since 1970-01-01.', example: 'date_from_unix_date(1)', result: '1970-01-02' },
    parameters: [int],
    returns: DATE,
    apply: ([days]) => days,
  }),
  rowFunction({
    name: 'timestamp_millis',
    doc: {
      usage: 'The timestamp of milliseconds since 1970-01-01 UTC.',
      example: 'unix_millis(timestamp_millis(1230219000123))',
      result: '1230219000123',
    },
    parameters: [wholeNumber],
    returns: TIMESTAMP,
    apply: ([value]) => scaledTimestamp(value, 1000n, 'milliseconds'),
  }),
  rowFunction({
    name: 'timestamp_micros',
    doc: {
      usage: 'The timestamp of microseconds since 1970-01-01 UTC.',
      example: 'unix_micros(timestamp_micros(5))',
      result: '5',
    },
    parameters: [wholeNumber],
    returns: TIMESTAMP,
    apply: ([value]) => value,
  }),
];
