/** JavaScript values as literals of a query. */
import type { UnresolvedExpression } from '../expressions/unresolved.ts';
import type { DataType } from '../types/data-type.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { BINARY, BOOLEAN, DOUBLE, INTEGER, LONG, STRING, TIMESTAMP, VOID, array, decimal } from '../types/data-type.ts';
import { Decimal } from '../types/decimal.ts';
import { fromExternal } from '../types/external-value.ts';

type Literal = Extract<UnresolvedExpression, { readonly kind: 'literal' }>;

/**
 * The literal of a value. Whole numbers are INT (BIGINT when they need it), other numbers DOUBLE, bigint BIGINT, dates TIMESTAMP, Decimal
 * DECIMAL, arrays of these ARRAY.
 */
export function literalOf(value: unknown): Literal {
  const dataType = literalType(value);
  return {
    kind: 'literal',
    dataType,
    value: value === null || value === undefined ? null : fromExternal(value, dataType, 'literal'),
  };
}

function literalType(value: unknown): DataType {
  if (value === null || value === undefined) return VOID;
  switch (typeof value) {
    case 'string':
      return STRING;
    case 'boolean':
      return BOOLEAN;
    case 'bigint':
      return LONG;
    case 'number':
      if (!Number.isSafeInteger(value) || Object.is(value, -0)) return DOUBLE;
      return value === (value | 0) ? INTEGER : LONG;
    default:
      return objectType(value);
  }
}

function objectType(value: unknown): DataType {
  if (value instanceof Date) return TIMESTAMP;
  if (value instanceof Uint8Array) return BINARY;
  if (value instanceof Decimal) {
    const digits = value.unscaled.toString().replace('-', '').length;
    return decimal(Math.max(digits, value.scale), value.scale);
  }
  if (Array.isArray(value))
    return array(
      value.length === 0 ? VOID : literalType(value[0]),
      value.some((item) => item === null),
    );
  throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `a literal of ${Object.prototype.toString.call(value)}` });
}
