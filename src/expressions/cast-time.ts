/** Casts of TIME: to other precisions, and to numbers, which are seconds since midnight. Texts are cast-from-text.ts and cast-text.ts. */
import type { DataType, TimeType } from '../types/data-type.ts';
import type { ValueCast } from './value-cast.ts';
import type { Cast } from './expression.ts';
import { LONG } from '../types/data-type.ts';
import { cutTime } from '../types/time-of-day.ts';
import { castOverflow, fitDecimal, toIntegral } from './cast-numeric.ts';

/** The cast of times of day to `target`. */
export function castTime(from: TimeType, target: DataType, mode: Cast['mode']): ValueCast {
  if (target.kind === 'time') return (value) => cutTime(value as bigint, target.precision);
  if (target.kind === 'decimal') return (value) => fitDecimal(value as bigint, 9, target, mode);
  return (value) => {
    const whole = toIntegral((value as bigint) / 1_000_000_000n, LONG, target, 'try');
    if (whole !== null || mode !== 'ansi') return whole;
    throw castOverflow(value, from, target);
  };
}
