/** The fields date_part and EXTRACT take out of intervals. */
import type { DataType } from '../types/data-type.ts';
import type { Interval } from '../types/interval.ts';
import type { Argument, ScalarSignature } from './define-function.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { BYTE, INTEGER, STRING, decimal } from '../types/data-type.ts';
import { isInterval, partsOf } from './interval-operators.ts';

interface Part {
  readonly names: readonly string[];
  readonly kinds: readonly DataType['kind'][];
  readonly returnType: DataType;
  readonly of: (interval: Interval) => number | bigint;
}

const MONTHS = ['year_month_interval', 'calendar_interval'] as const;
const MICROS = ['day_time_interval', 'calendar_interval'] as const;
const PARTS: readonly Part[] = [
  {
    names: ['YEAR', 'Y', 'YEARS', 'YR', 'YRS'],
    kinds: MONTHS,
    returnType: INTEGER,
    of: ({ months }) => Math.trunc(months / 12),
  },
  { names: ['MONTH', 'MON', 'MONS', 'MONTHS'], kinds: MONTHS, returnType: BYTE, of: ({ months }) => (months % 12) + 0 },
  { names: ['DAY', 'D', 'DAYS'], kinds: MICROS, returnType: INTEGER, of: ({ days }) => days },
  {
    names: ['HOUR', 'H', 'HOURS', 'HR', 'HRS'],
    kinds: MICROS,
    returnType: BYTE,
    of: ({ micros }) => Number(BigInt.asIntN(8, micros / 3_600_000_000n)),
  },
  {
    names: ['MINUTE', 'M', 'MIN', 'MINS', 'MINUTES'],
    kinds: MICROS,
    returnType: BYTE,
    of: ({ micros }) => Number((micros / 60_000_000n) % 60n),
  },
  {
    names: ['SECOND', 'S', 'SEC', 'SECONDS', 'SECS'],
    kinds: MICROS,
    returnType: decimal(8, 6),
    of: ({ micros }) => micros % 60_000_000n,
  },
];

/** The call of a part of an interval; undefined when the second argument is none. */
export function intervalPart(name: string, [field, source]: readonly Argument[]): ScalarSignature | undefined {
  if (source === undefined || !isInterval(source.dataType)) return undefined;
  const type = source.dataType;
  const wanted = typeof field?.literal === 'string' ? field.literal.toUpperCase() : '';
  const part = PARTS.find(({ names, kinds }) => names.includes(wanted) && kinds.includes(type.kind));
  if (part === undefined)
    throw new MillraceError('INVALID_EXTRACT_FIELD', {
      field: `\`${String(field?.literal ?? name)}\``,
      expr: `"${source.sql}"`,
    });
  return {
    argumentTypes: [STRING, type],
    returnType: part.returnType,
    nullable: source.nullable,
    evaluator: {
      kind: 'row',
      nulls: 'propagate',
      apply: ([, value = null]) => (value === null ? null : part.of(partsOf(value, type))),
    },
  };
}
