/**
 * `+` and `-` with times of day: an interval of days to seconds moves one, two have a time between them. Found by the types of the
 * operands, as the operators of intervals.
 */
import type { DataType, TimeType } from '../types/data-type.ts';
import type { Value } from '../types/vector.ts';
import type { Argument, ScalarFunction } from './define-function.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { dayTimeInterval, time } from '../types/data-type.ts';
import { NANOS_PER_DAY } from '../types/time-of-day.ts';
import { defineScalar } from './define-function.ts';

const DOC = { usage: 'An operator over times of day.', example: '', result: '' };

/** An operator over its operands, or over them the other way round. */
interface TimeOperator {
  readonly definition: ScalarFunction;
  readonly isReversed: boolean;
}

/** The operator over these operands; undefined when it is not about times of day. `isTry`: NULL instead of an overflow. */
export function timeOperator(
  symbol: string,
  left: Argument,
  right: Argument,
  isTry: boolean,
): TimeOperator | undefined {
  if (symbol !== '+' && symbol !== '-') return undefined;
  const isReversed = symbol === '+' && left.dataType.kind !== 'time' && right.dataType.kind === 'time';
  const [first, second] = isReversed ? [right.dataType, left.dataType] : [left.dataType, right.dataType];
  const definition =
    symbol === '+' || second.kind === 'day_time_interval'
      ? moved(symbol, first, second, isTry)
      : difference(first, second);
  return definition && { definition, isReversed };
}

/** A time of day moved within its day; beside NULL it is NULL. */
function moved(symbol: '+' | '-', from: DataType, by: DataType, isTry: boolean): ScalarFunction | undefined {
  if (from.kind !== 'time' || (by.kind !== 'day_time_interval' && by.kind !== 'void')) return undefined;
  const hasFraction = by.kind !== 'day_time_interval' || by.endField === 3;
  const result = time(hasFraction ? Math.max(6, from.precision) : from.precision);
  const sign = symbol === '+' ? 1000n : -1000n;
  return defined(
    `${symbol} INTERVAL`,
    [from, by.kind === 'void' ? dayTimeInterval() : by],
    result,
    ([value, micros]) => {
      const nanos = (value as bigint) + sign * (micros as bigint);
      if (nanos >= 0n && nanos < NANOS_PER_DAY) return nanos;
      if (isTry) return null;
      throw new MillraceError('DATETIME_OVERFLOW', { operation: `${symbol === '+' ? 'add' : 'subtract'} an interval` });
    },
  );
}

/** The time between two; a text or NULL beside a time of day counts as one. */
function difference(left: DataType, right: DataType): ScalarFunction | undefined {
  if (left.kind !== 'time' && right.kind !== 'time') return undefined;
  const types = [timeOr(left), timeOr(right)].flatMap((type) => type ?? []);
  if (types.length < 2) return undefined;
  const apply = ([end, start]: readonly (Value | null)[]): Value => ((end as bigint) - (start as bigint)) / 1000n;
  return defined('- INTERVAL', types, dayTimeInterval(1, 3), apply);
}

function timeOr(type: DataType): TimeType | undefined {
  if (type.kind === 'time') return type;
  return type.kind === 'string' || type.kind === 'void' ? time() : undefined;
}

function defined(
  name: string,
  argumentTypes: readonly DataType[],
  returnType: DataType,
  apply: (values: readonly (Value | null)[]) => Value | null,
): ScalarFunction {
  return defineScalar({
    name,
    doc: DOC,
    resolve: () => ({
      argumentTypes,
      returnType,
      nullable: true,
      evaluator: { kind: 'row', nulls: 'propagate', apply: (values) => apply(values) },
    }),
  });
}
