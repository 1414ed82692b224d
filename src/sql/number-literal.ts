/** Number literals: `1` INT, `1L`, `1S`, `1Y`, `1.5` DECIMAL, `1e3` and `1D` DOUBLE, `1F`, `1BD`; too large for its type is an error. */
import type { LiteralNode } from './expression-nodes.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { BYTE, DOUBLE, FLOAT, INTEGER, LONG, SHORT, decimal } from '../types/data-type.ts';
import { MAX_PRECISION } from '../types/decimal.ts';
import { javaDouble, javaFloat } from '../types/number-text.ts';
import { literal } from './expression-nodes.ts';

const PARTS = /^(-?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?(BD|[LSYFD])?$/i;
const WHOLE_TYPES = {
  Y: { type: BYTE, name: 'tinyint', bits: 8n },
  S: { type: SHORT, name: 'smallint', bits: 16n },
} as const;
const MAX_INT = 2n ** 31n;
const MAX_LONG = 2n ** 63n;
const MAX_FLOAT = 3.402_823_466_385_288_6e38;

/** The literal of a number as written, with its sign if it has one. */
export function numberLiteral(written: string): LiteralNode {
  const [, sign = '', whole = '', fraction, exponent, suffix = ''] = PARTS.exec(written) ?? [];
  const digits = written.slice(0, written.length - suffix.length);
  const kind = suffix.toUpperCase();
  if (kind === 'D' || (kind === '' && exponent !== undefined)) return doubleLiteral(digits);
  if (kind === 'F') return floatLiteral(digits);
  if (kind === 'BD' || fraction !== undefined) {
    const unscaled = BigInt(`${sign}${whole}${fraction ?? ''}`);
    return decimalLiteral(unscaled, (fraction ?? '').length - Number(exponent ?? '0'));
  }
  const value = BigInt(`${sign}${whole}`);
  if (kind === 'Y' || kind === 'S') {
    const { type, name, bits } = WHOLE_TYPES[kind];
    checkWhole(digits, value, 2n ** (bits - 1n), name);
    return literal(Number(value), type);
  }
  if (kind === 'L') checkWhole(digits, value, MAX_LONG, 'bigint');
  else if (value < MAX_INT && value >= -MAX_INT) return literal(Number(value), INTEGER);
  if (value < MAX_LONG && value >= -MAX_LONG) return literal(value, LONG);
  return decimalLiteral(value, 0);
}

function doubleLiteral(digits: string): LiteralNode {
  const value = Number(digits);
  if (Number.isFinite(value)) return literal(value, DOUBLE);
  throw outOfRange(digits, 'double', javaDouble(-Number.MAX_VALUE), javaDouble(Number.MAX_VALUE));
}

function floatLiteral(digits: string): LiteralNode {
  const value = Number(digits);
  if (Math.abs(value) <= MAX_FLOAT) return literal(Math.fround(value), FLOAT);
  throw outOfRange(digits, 'float', javaFloat(-MAX_FLOAT), javaFloat(MAX_FLOAT));
}

function decimalLiteral(unscaled: bigint, scale: number): LiteralNode {
  const numDigits = unscaled.toString().replace('-', '').length;
  const precision = scale < 0 ? numDigits - scale : Math.max(numDigits, scale);
  if (precision > MAX_PRECISION)
    throw new MillraceError('DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION', {
      precision: String(precision),
      maxPrecision: String(MAX_PRECISION),
    });
  return scale < 0
    ? literal(unscaled * 10n ** BigInt(-scale), decimal(precision, 0))
    : literal(unscaled, decimal(precision, scale));
}

function checkWhole(digits: string, value: bigint, limit: bigint, typeName: string): void {
  if (value < -limit || value >= limit) throw outOfRange(digits, typeName, String(-limit), String(limit - 1n));
}

function outOfRange(digits: string, typeName: string, minValue: string, maxValue: string): MillraceError {
  return new MillraceError('INVALID_NUMERIC_LITERAL_RANGE', {
    rawStrippedQualifier: digits,
    typeName,
    minValue,
    maxValue,
  });
}
