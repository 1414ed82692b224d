/**
 * `time + INTERVAL …` and `time - INTERVAL …` with a constant interval. There is no interval type: the second argument is a text literal
 * as `INTERVAL '1 hour'`, which only analysis writes. Months and days count in the session time zone, as in Spark.
 */
import type { DataType } from '../types/data-type.ts';
import type { Interval } from '../types/interval.ts';
import type { Value, Vector } from '../types/vector.ts';
import type { ScalarFunction } from './define-function.ts';
import { assert, present } from '../errors/assert.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { civilFromDays, daysFromCivil, daysInMonth, localToUtc, zoneOffsetMicros } from '../types/civil-time.ts';
import { STRING, TIMESTAMP, sqlName } from '../types/data-type.ts';
import { parseInterval } from '../types/interval.ts';
import { quotedCall } from './argument-check.ts';
import { defineScalar } from './define-function.ts';

const DAY_MICROS = 86_400_000_000n;

/** The definitions by operator; not in the registry, as no user can write them as functions. */
export const SHIFT_TIME: Readonly<Record<'+' | '-', ScalarFunction>> = { '+': shift('+'), '-': shift('-') };

/** The text an interval literal has as an argument; one of a single unit as Spark writes it, `INTERVAL '05' SECOND`. */
export function intervalText(text: string): string {
  const [, sign = '', digits = '', unit = ''] =
    /^\s*([+-]?)(\d+)\s+(year|month|day|hour|minute|second)s?\s*$/i.exec(text) ?? [];
  if (unit === '') return `INTERVAL '${text}'`;
  const isClock = ['hour', 'minute', 'second'].includes(unit.toLowerCase());
  return `INTERVAL '${sign === '-' ? '-' : ''}${digits.padStart(isClock ? 2 : 1, '0')}' ${unit.toUpperCase()}`;
}

/** The interval of such a text; undefined for other values. */
export function intervalOfText(value: Value | null | undefined): Interval | undefined {
  if (typeof value !== 'string') return undefined;
  const [, text, unit = ''] = /^INTERVAL '(.*)'( [A-Z]+)?$/s.exec(value) ?? [];
  return text === undefined ? undefined : parseInterval(`${text}${unit}`);
}

function shift(operator: '+' | '-'): ScalarFunction {
  return defineScalar({
    name: operator,
    doc: { usage: 'A time moved by a constant interval.', example: '', result: '' },
    resolve: (args) => {
      const [time, literal] = args;
      const interval = present(intervalOfText(literal?.literal), 'an interval literal');
      const type = present(time, 'a time').dataType;
      const by = operator === '+' ? interval : negated(interval);
      if (type.kind === 'date' && interval.micros === 0n) {
        const apply = ([days]: readonly (Value | null)[]): Value => shiftDays(days as number, by);
        const evaluator = { kind: 'row', nulls: 'propagate', apply } as const;
        return { argumentTypes: [type, STRING], returnType: type, nullable: time?.nullable ?? true, evaluator };
      }
      const returnType = timeType(type);
      if (returnType === undefined) {
        throw new MillraceError('DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES', {
          sqlExpr: quotedCall(operator, args),
          left: `"${sqlName(type)}"`,
          right: '"INTERVAL"',
        });
      }
      return {
        argumentTypes: [returnType, STRING],
        returnType,
        nullable: time?.nullable ?? true,
        evaluator: {
          kind: 'columns',
          apply: ([times], numRows, { timeZone }) =>
            shiftColumn(
              present(times, 'a time column'),
              numRows,
              by,
              returnType.kind === 'timestamp' ? timeZone : 'UTC',
            ),
        },
      };
    },
  });
}

function timeType(type: DataType): DataType | undefined {
  if (type.kind === 'timestamp' || type.kind === 'timestamp_ntz') return type;
  return type.kind === 'date' || type.kind === 'string' ? TIMESTAMP : undefined;
}

function negated({ months, days, micros }: Interval): Interval {
  return { months: -months, days: -days, micros: -micros };
}

function shiftColumn(column: Vector, numRows: number, by: Interval, zone: string): Vector {
  assert(column.layout === 'long', 'times are kept as longs');
  const values = new BigInt64Array(numRows);
  const isFixed = by.months === 0 && (by.days === 0 || zone === 'UTC');
  const micros = by.micros + BigInt(by.days) * DAY_MICROS;
  for (let row = 0; row < numRows; row++) {
    const time = column.values[row] as bigint;
    values[row] = isFixed ? time + micros : shiftLocal(time, by, zone);
  }
  return { ...column, length: numRows, values };
}

/** Months and days on the local calendar, then the rest in absolute time. */
function shiftLocal(micros: bigint, by: Interval, zone: string): bigint {
  const local = micros + zoneOffsetMicros(zone, micros);
  const days = local >= 0n ? local / DAY_MICROS : (local - DAY_MICROS + 1n) / DAY_MICROS;
  const shifted = BigInt(shiftDays(Number(days), by)) * DAY_MICROS + (local - days * DAY_MICROS);
  return localToUtc(zone, shifted) + by.micros;
}

/** Months first, to the last day of a shorter month; then days. */
function shiftDays(days: number, { months, days: more }: Interval): number {
  if (months === 0) return days + more;
  const { year, month, day } = civilFromDays(days);
  const total = year * 12 + (month - 1) + months;
  const newYear = Math.floor(total / 12);
  const newMonth = total - newYear * 12 + 1;
  return daysFromCivil(newYear, newMonth, Math.min(day, daysInMonth(newYear, newMonth))) + more;
}
