/** timestampadd and timestampdiff: a time moved by a number of units, and the whole units between two times. */
import type { DataType } from '../types/data-type.ts';
import type { Argument, ScalarFunction } from './define-function.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { civilFromDays, floorDivide, localToUtc, zoneOffsetMicros } from '../types/civil-time.ts';
import { LONG, TIMESTAMP, isAnsiInterval, sqlName } from '../types/data-type.ts';
import { present } from '../errors/assert.ts';
import { checkArgumentCount, notConstant, quotedCall, unexpectedType } from './argument-check.ts';
import { defineScalar } from './define-function.ts';
import { shiftTime, splitDays } from './interval-math.ts';
import { long, text } from './parameters.ts';
import { rowFunction } from './row-function.ts';
import { implicitCast } from './type-rules.ts';

const DAY = 86_400_000_000n;
const MAX_LONG = 2n ** 63n;

/** Months or microseconds of each unit. */
const UNITS: ReadonlyMap<string, { readonly months?: number; readonly micros?: bigint }> = new Map([
  ['YEAR', { months: 12 }],
  ['QUARTER', { months: 3 }],
  ['MONTH', { months: 1 }],
  ['WEEK', { micros: 7n * DAY }],
  ['DAY', { micros: DAY }],
  ['DAYOFYEAR', { micros: DAY }],
  ['HOUR', { micros: 3_600_000_000n }],
  ['MINUTE', { micros: 60_000_000n }],
  ['SECOND', { micros: 1_000_000n }],
  ['MILLISECOND', { micros: 1000n }],
  ['MICROSECOND', { micros: 1n }],
]);

/** True for the words that may stand as a unit before the arguments. */
export function isTimestampUnit(word: string): boolean {
  return UNITS.has(word.toUpperCase());
}

const time = {
  required: '("TIMESTAMP" or "TIMESTAMP WITHOUT TIME ZONE")',
  accept: (type: DataType): DataType | undefined =>
    type.kind === 'timestamp_ntz' ? type : implicitCast(type, TIMESTAMP),
};

function checkUnit(args: readonly Argument[], functionName: string): void {
  const unit = args[0]?.literal;
  if (typeof unit === 'string' && UNITS.has(unit.toUpperCase())) return;
  throw new MillraceError('INVALID_PARAMETER_VALUE.DATETIME_UNIT', {
    parameter: '`unit`',
    functionName: `\`${functionName}\``,
    invalidValue: `'${String(unit)}'`,
  });
}

/** Calendar months between two local times, cut towards zero: those between their days, the last one only if its time has come. */
function monthsBetween(start: bigint, end: bigint): bigint {
  const first = floorDivide(start, DAY);
  const [startTime, endTime] = [start - first * DAY, end - floorDivide(end, DAY) * DAY];
  let last = floorDivide(end, DAY);
  if (last > first && endTime < startTime) last -= 1n;
  else if (last < first && endTime > startTime) last += 1n;
  const [from, to] = [packedMonth(first), packedMonth(last)];
  return BigInt(Math.trunc((to - from) / 32));
}

/** Months since year 0 with the day of the month as a 32nd part. */
function packedMonth(days: bigint): number {
  const { year, month, day } = civilFromDays(Number(days));
  return (year * 12 + month - 1) * 32 + day;
}

/** The type of the times: that of the moment, or of the origin beside a NULL. Nothing is cast. */
function bucketType(args: readonly Argument[], moment: DataType, origin: DataType | undefined): DataType {
  const isTime = (type: DataType | undefined): boolean => type?.kind === 'timestamp' || type?.kind === 'timestamp_ntz';
  const type = moment.kind === 'void' ? (origin !== undefined && isTime(origin) ? origin : TIMESTAMP) : moment;
  if (!isTime(type)) throw unexpectedType('time_bucket', args, 1, '"(TIMESTAMP OR TIMESTAMP WITHOUT TIME ZONE)"');
  if (origin !== undefined && origin.kind !== 'void' && origin.kind !== type.kind)
    throw unexpectedType('time_bucket', args, 2, `"${sqlName(type)}"`);
  return type;
}

function checkBucketSize(args: readonly Argument[], { literal, sql, dataType }: Argument): void {
  if (literal === undefined)
    throw notConstant('time_bucket', args, 0, { parameter: 'bucketSize', type: `"${sqlName(dataType)}"` });
  if (literal === null || Number(literal) > 0) return;
  throw new MillraceError('DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE', {
    sqlExpr: quotedCall('time_bucket', args),
    exprName: '`bucketSize`',
    valueRange: '(0, inf)',
    currentValue: sql,
  });
}

/** The start of the bucket of a size that holds a moment, counted from an origin. */
const timeBucket = defineScalar({
  name: 'time_bucket',
  doc: {
    usage: 'The start of the bucket of a length that holds a time, counted from 1970 or an origin.',
    example: "time_bucket(INTERVAL '15' MINUTE, TIMESTAMP '2024-01-01 11:27:00')",
    result: '2024-01-01 11:15:00',
  },
  resolve: (args) => {
    checkArgumentCount('time_bucket', args, 2, 3);
    const [size, moment] = [present(args[0], 'a size'), present(args[1], 'a time')];
    if (!isAnsiInterval(size.dataType))
      throw unexpectedType('time_bucket', args, 0, '("INTERVAL YEAR TO MONTH" or "INTERVAL DAY TO SECOND")');
    const type = bucketType(args, moment.dataType, args[2]?.dataType);
    checkBucketSize(args, size);
    if (args[2] !== undefined && args[2].literal === undefined)
      throw notConstant('time_bucket', args, 2, { parameter: 'origin', type: `"${sqlName(type)}"` });
    const isMonths = size.dataType.kind === 'year_month_interval';
    return {
      argumentTypes: [size.dataType, type, ...(args.length > 2 ? [type] : [])],
      returnType: type,
      nullable: args.some((arg) => arg.nullable),
      evaluator: {
        kind: 'row',
        nulls: 'propagate',
        apply: ([length, value, origin], { timeZone }) => {
          const zone = type.kind === 'timestamp' ? timeZone : 'UTC';
          // Buckets begin at times of the local clock, so that days stay days where it is put forward or back.
          const local = (at: bigint): bigint => at + zoneOffsetMicros(zone, at);
          const start = (origin as bigint | undefined) ?? localToUtc(zone, 0n);
          const micros = value as bigint;
          if (!isMonths) {
            const passed = floorDivide(local(micros) - local(start), length as bigint);
            return localToUtc(zone, local(start) + passed * (length as bigint));
          }
          const passed = monthsBetween(local(start), local(micros));
          const size = BigInt(length as number);
          let buckets = floorDivide(passed, size);
          const at = (count: bigint): bigint =>
            shiftTime(start, { months: Number(count * size), days: 0, micros: 0n }, zone);
          if (at(buckets) > micros) buckets -= 1n;
          return at(buckets);
        },
      },
    };
  },
});

export const TIMESTAMP_UNIT_FUNCTIONS: readonly ScalarFunction[] = [
  timeBucket,
  rowFunction({
    name: 'timestampadd',
    doc: {
      usage: 'A time moved by a number of units, on the calendar for days and longer ones.',
      example: "timestampadd(MONTH, 1, TIMESTAMP '2022-01-31 00:00:00')",
      result: '2022-02-28 00:00:00',
    },
    parameters: [text, long, time],
    returns: ([, , type]) => type ?? TIMESTAMP,
    check: (args) => checkUnit(args, 'timestampadd'),
    apply: ([unit, count, micros], { timeZone }, { returnType }) => {
      const { months, micros: size = 0n } = UNITS.get(unit.toUpperCase()) ?? {};
      const by =
        months === undefined ? splitDays(count * size) : { months: Number(count) * months, days: 0, micros: 0n };
      const moved = shiftTime(micros as bigint, by, returnType.kind === 'timestamp' ? timeZone : 'UTC');
      if (moved >= -MAX_LONG && moved < MAX_LONG) return moved;
      throw new MillraceError('DATETIME_OVERFLOW', { operation: `add ${count} ${unit} to a timestamp` });
    },
  }),
  rowFunction({
    name: 'timestampdiff',
    doc: {
      usage: 'The whole units from one time to another.',
      example: "timestampdiff(HOUR, TIMESTAMP '2022-02-11 20:30:00', TIMESTAMP '2022-02-12 04:30:00')",
      result: '8',
    },
    parameters: [text, time, time],
    returns: LONG,
    check: (args) => checkUnit(args, 'timestampdiff'),
    apply: ([unit, start, end], { timeZone }, { types }) => {
      const [from, to] = [start, end].map((value, i) => {
        const micros = value as bigint;
        return types[i + 1]?.kind === 'timestamp' ? micros + zoneOffsetMicros(timeZone, micros) : micros;
      });
      const { months, micros: size = 1n } = UNITS.get(unit.toUpperCase()) ?? {};
      const [first, last] = [from ?? 0n, to ?? 0n];
      return months === undefined ? (last - first) / size : monthsBetween(first, last) / BigInt(months);
    },
  }),
];
