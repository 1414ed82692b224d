/** What the functions of a sign (`abs`, `negative`, `positive`, `sign`) take and do where numbers may be intervals. */
import type { DataType } from '../types/data-type.ts';
import type { Value } from '../types/vector.ts';
import type { Parameter } from './row-function.ts';
import { isAnsiInterval } from '../types/data-type.ts';
import { intervalOfValue, valueOfInterval } from '../types/interval-text.ts';
import { checkedInterval, checkedMicros, checkedMonths } from './interval-math.ts';
import { numeric } from './parameters.ts';

/** A number or an interval with a sign. */
export const numericOrInterval: Parameter<number | bigint> = {
  required: '("NUMERIC" or "INTERVAL DAY TO SECOND" or "INTERVAL YEAR TO MONTH")',
  accept: (type) => (isAnsiInterval(type) ? type : numeric.accept(type)),
};
/** A number or any interval. */
export const numericOrAnyInterval: Parameter<number | bigint | readonly (Value | null)[]> = {
  required: '("NUMERIC" or "INTERVAL DAY TO SECOND" or "INTERVAL YEAR TO MONTH" or "INTERVAL")',
  accept: (type) => (type.kind === 'calendar_interval' ? type : numericOrInterval.accept(type)),
};

/** The value of an interval type; throws when it is out of range. */
export function withinInterval(amount: bigint, type: DataType): Value | null {
  const overflow = { instead: undefined };
  return type.kind === 'year_month_interval' ? checkedMonths(amount, overflow) : checkedMicros(amount, overflow);
}

/** A calendar interval with the opposite sign. */
export function negatedInterval(value: Value): Value | null {
  const { months, days, micros } = intervalOfValue(value);
  const negated = checkedInterval(-BigInt(months), -BigInt(days), -micros, { instead: undefined });
  return negated && valueOfInterval(negated);
}
