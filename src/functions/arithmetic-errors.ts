/** The errors of arithmetic under `spark.sql.ansi.enabled`. */
import type { DecimalType } from '../types/data-type.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { SHORT } from '../types/data-type.ts';
import { decimalText } from '../types/number-text.ts';
import { sqlValue } from './sql-value.ts';

const ANSI_CONFIG = '"spark.sql.ansi.enabled"';

export function divideByZero(): MillraceError<'DIVIDE_BY_ZERO'> {
  return new MillraceError('DIVIDE_BY_ZERO', { config: ANSI_CONFIG });
}

export function remainderByZero(): MillraceError<'REMAINDER_BY_ZERO'> {
  return new MillraceError('REMAINDER_BY_ZERO', { config: ANSI_CONFIG });
}

/** An integer or long out of range; `instead` is the function that gives null. */
export function arithmeticOverflow(message: string, instead?: string): MillraceError<'ARITHMETIC_OVERFLOW'> {
  const alternative = instead === undefined ? '' : ` Use '${instead}' to tolerate overflow and return NULL instead.`;
  return new MillraceError('ARITHMETIC_OVERFLOW', { message, alternative, config: ANSI_CONFIG });
}

/** A byte or short out of range; Spark shows both as shorts. */
export function binaryOverflow(left: number, symbol: string, right: number, instead: string): MillraceError {
  return new MillraceError('BINARY_ARITHMETIC_OVERFLOW', {
    value1: sqlValue(SHORT, left),
    symbol,
    value2: sqlValue(SHORT, right),
    functionName: `\`${instead}\``,
  });
}

/** A decimal with too many digits. */
export function decimalOverflow(unscaled: bigint, scale: number, target: DecimalType): MillraceError {
  return new MillraceError('NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION', {
    value: decimalText(unscaled, scale),
    precision: String(target.precision),
    scale: String(target.scale),
    config: ANSI_CONFIG,
  });
}
