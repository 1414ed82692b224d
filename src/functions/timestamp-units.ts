/** timestampadd and timestampdiff: a time moved by a number of units, and the whole units between two times. */
import type { DataType } from '../types/data-type.ts';
import type { Argument, ScalarFunction } from './define-function.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { civilFromDays, floorDivide, zoneOffsetMicros } from '../types/civil-time.ts';
import { LONG, TIMESTAMP } from '../types/data-type.ts';
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

/** Calendar months between two local times, cut towards zero. */
function monthsBetween(start: bigint, end: bigint): bigint {
  const [from, to] = [start, end].map((micros) => {
    const days = floorDivide(micros, DAY);
    const { year, month, day } = civilFromDays(Number(days));
    return { months: year * 12 + month, rest: BigInt(day) * DAY + (micros - days * DAY) };
  });
  if (from === undefined || to === undefined) return 0n;
  const months = to.months - from.months;
  if (months > 0 && to.rest < from.rest) return BigInt(months - 1);
  return BigInt(months < 0 && to.rest > from.rest ? months + 1 : months);
}

export const TIMESTAMP_UNIT_FUNCTIONS: readonly ScalarFunction[] = [
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
