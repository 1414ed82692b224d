/** Which casts exist, and which may give null. The casts themselves are cast.ts. */
import type { DataType } from '../types/data-type.ts';
import type { Cast } from './expression.ts';
import { isAtomic, isDateTime } from '../functions/type-rules.ts';
import { isInterval } from '../functions/interval-operators.ts';
import { isAnsiInterval, isIntegral, isNumeric, sameType } from '../types/data-type.ts';
import { matchesInside } from '../types/inner-types.ts';

/** True when `CAST(x AS target)` exists with `spark.sql.ansi.enabled` false. */
export function canCast(from: DataType, target: DataType): boolean {
  if (sameType(from, target) || from.kind === 'void') return true;
  if (target.kind === 'string') return true;
  if (matchesInside(from, target, canCast)) return true;
  if (!isAtomic(from) || !isAtomic(target)) return false;
  if (from.kind === 'string') return true;
  if (isInterval(from) || isInterval(target)) return canCastInterval(from, target);
  if (from.kind === 'time' || target.kind === 'time') return canCastTime(from, target);
  if (target.kind === 'binary') return isIntegral(from);
  if (from.kind === 'binary') return false;
  if (isDateTime(from) && isDateTime(target)) return true;
  if (from.kind === 'timestamp_ntz' || target.kind === 'timestamp_ntz') return false;
  if (target.kind === 'date') return false;
  return true;
}

/** True when `CAST(x AS target)` exists in ANSI mode. */
export function canAnsiCast(from: DataType, target: DataType): boolean {
  if (sameType(from, target) || from.kind === 'void') return true;
  if (target.kind === 'string') return true;
  if (matchesInside(from, target, canAnsiCast)) return true;
  if (!isAtomic(from) || !isAtomic(target)) return false;
  if (from.kind === 'string') return true;
  if (isInterval(from) || isInterval(target)) return canCastInterval(from, target);
  if (from.kind === 'time' || target.kind === 'time') return canCastTime(from, target);
  if (target.kind === 'binary' || from.kind === 'binary') return false;
  if (isDateTime(from) && isDateTime(target)) return true;
  if (isNumeric(from) && (isNumeric(target) || target.kind === 'boolean')) return true;
  if (from.kind === 'boolean') return isNumeric(target);
  if (from.kind === 'timestamp') return isNumeric(target);
  return target.kind === 'timestamp' && isNumeric(from);
}

/** Times of day change their precision and become numbers: seconds since midnight. */
function canCastTime(from: DataType, target: DataType): boolean {
  return from.kind === 'time' && (target.kind === 'time' || target.kind === 'decimal' || isIntegral(target));
}

/** Between intervals of a kind, and between them and whole or exact numbers, which count the last field. */
function canCastInterval(from: DataType, target: DataType): boolean {
  if (isAnsiInterval(from) && from.kind === target.kind) return true;
  const [interval, number] = isAnsiInterval(from) ? [from, target] : [target, from];
  const isExact = isIntegral(number) || number.kind === 'decimal';
  return isExact && isAnsiInterval(interval);
}

/** True when the cast may give null for a value that is not null. */
export function castMayGiveNull(from: DataType, target: DataType, mode: Cast['mode']): boolean {
  if (mode === 'ansi' || sameType(from, target)) return from.kind === 'void';
  if (target.kind === 'string') return false;
  if (mode === 'try') return true;
  return (
    from.kind === 'string' ||
    target.kind === 'decimal' ||
    (from.kind === 'time' && target.kind !== 'time') ||
    !isAtomic(from) ||
    from.kind === 'double' ||
    from.kind === 'float'
  );
}

/** The function that converts where no cast exists, for the error; undefined when there is none. */
export function functionInsteadOfCast(from: DataType, target: DataType): string | undefined {
  if (from.kind === 'date' && isNumeric(target)) return 'UNIX_DATE';
  if (isIntegral(from) && target.kind === 'date') return 'DATE_FROM_UNIX_DATE';
  return undefined;
}
