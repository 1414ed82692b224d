/**
 * `+`, `-` and `*` over columns. 64-bit results wrap in the store; an overflow is found afterwards from the sign bits, without branches.
 * Slots of nulls hold 0 and never overflow on their own, so checks need no validity until one finds something.
 */
import type { DataType } from '../types/data-type.ts';
import type { DoubleVector, IntVector, LongVector, Vector } from '../types/vector.ts';
import { halvesOf } from '../types/long-halves.ts';
import { jointValidity, ownValidity } from './column-nulls.ts';
import { arithmeticOverflow, binaryOverflow } from './arithmetic-errors.ts';

export type ColumnOperator = '+' | '-' | '*';
/** What happens on overflow: an error, null (the `try_` functions) or wrapping as Java does. */
export type OverflowMode = 'error' | 'null' | 'wrap';

const TRY_NAMES: Record<ColumnOperator, string> = { '+': 'try_add', '-': 'try_subtract', '*': 'try_multiply' };

/** `left <operator> right` for two columns of the same number type. */
export function arithmeticColumns(
  operator: ColumnOperator,
  left: Vector,
  right: Vector,
  numRows: number,
  mode: OverflowMode,
): Vector | undefined {
  if (left.layout === 'double' && right.layout === 'double') return doubleColumns(operator, left, right, numRows);
  if (left.layout === 'int' && right.layout === 'int') return intColumns(operator, left, right, numRows, mode);
  if (left.layout === 'long' && right.layout === 'long') return longColumns(operator, left, right, numRows, mode);
  return undefined;
}

function doubleColumns(operator: ColumnOperator, left: DoubleVector, right: DoubleVector, numRows: number): Vector {
  const a = left.values;
  const b = right.values;
  const values = new Float64Array(numRows);
  if (operator === '+') for (let i = 0; i < numRows; i++) values[i] = (a[i] as number) + (b[i] as number);
  else if (operator === '-') for (let i = 0; i < numRows; i++) values[i] = (a[i] as number) - (b[i] as number);
  else for (let i = 0; i < numRows; i++) values[i] = (a[i] as number) * (b[i] as number);
  if (left.type.kind === 'float') for (let i = 0; i < numRows; i++) values[i] = Math.fround(values[i] as number);
  return { layout: 'double', type: left.type, length: numRows, values, validity: jointValidity(left, right, numRows) };
}

const INT_BITS: Partial<Record<DataType['kind'], number>> = { byte: 24, short: 16 };

function intColumns(
  operator: ColumnOperator,
  left: IntVector,
  right: IntVector,
  numRows: number,
  mode: OverflowMode,
): Vector {
  const a = left.values;
  const b = right.values;
  const shift = INT_BITS[left.type.kind] ?? 0;
  const values = new Int32Array(numRows);
  let validity = jointValidity(left, right, numRows);
  let overflowed = 0;
  for (let i = 0; i < numRows; i++) {
    const x = a[i] as number;
    const y = b[i] as number;
    const exact = operator === '+' ? x + y : operator === '-' ? x - y : x * y;
    const wrapped = operator === '*' ? Math.imul(x, y) : exact | 0;
    const narrowed = (wrapped << shift) >> shift;
    values[i] = narrowed;
    overflowed |= narrowed === exact ? 0 : 1;
  }
  if (overflowed !== 0 && mode !== 'wrap') {
    const nulls = ownValidity(validity, numRows);
    for (let i = 0; i < numRows; i++) {
      const x = a[i] as number;
      const y = b[i] as number;
      const exact = operator === '+' ? x + y : operator === '-' ? x - y : x * y;
      if (values[i] === exact + 0 || nulls[i] === 0) continue;
      if (mode === 'error') throw intOverflow(left.type, x, operator, y);
      nulls[i] = 0;
      values[i] = 0;
    }
    if (mode === 'null') validity = nulls;
  }
  return { layout: 'int', type: left.type, length: numRows, values, validity };
}

function intOverflow(type: DataType, x: number, operator: ColumnOperator, y: number): Error {
  return type.kind === 'integer'
    ? arithmeticOverflow('overflow', TRY_NAMES[operator])
    : binaryOverflow(x, operator, y, TRY_NAMES[operator]);
}

function longColumns(
  operator: ColumnOperator,
  left: LongVector,
  right: LongVector,
  numRows: number,
  mode: OverflowMode,
): Vector {
  const a = left.values;
  const b = right.values;
  const values = new BigInt64Array(numRows);
  if (operator === '+') for (let i = 0; i < numRows; i++) values[i] = (a[i] as bigint) + (b[i] as bigint);
  else if (operator === '-') for (let i = 0; i < numRows; i++) values[i] = (a[i] as bigint) - (b[i] as bigint);
  else for (let i = 0; i < numRows; i++) values[i] = BigInt.asIntN(64, (a[i] as bigint) * (b[i] as bigint));
  let validity = jointValidity(left, right, numRows);
  if (mode !== 'wrap' && mayOverflow(operator, a, b, values, numRows)) {
    const nulls = ownValidity(validity, numRows);
    for (let i = 0; i < numRows; i++) {
      if (nulls[i] === 0 || exactLong(operator, a[i] as bigint, b[i] as bigint) === values[i]) continue;
      if (mode === 'error') throw arithmeticOverflow('overflow', TRY_NAMES[operator]);
      nulls[i] = 0;
      values[i] = 0n;
    }
    if (mode === 'null') validity = nulls;
  }
  return { layout: 'long', type: left.type, length: numRows, values, validity };
}

function exactLong(operator: ColumnOperator, x: bigint, y: bigint): bigint {
  return operator === '+' ? x + y : operator === '-' ? x - y : x * y;
}

/** Never false when a row overflowed; for `*` it may be true without one. */
function mayOverflow(
  operator: ColumnOperator,
  a: BigInt64Array,
  b: BigInt64Array,
  values: BigInt64Array,
  numRows: number,
): boolean {
  const x = halvesOf(a);
  const y = halvesOf(b);
  const z = halvesOf(values);
  let bits = 0;
  if (operator === '*') {
    // Two factors of 32 bits have a product of 64.
    for (let i = 0; i < numRows * 2; i += 2)
      bits |= (((x[i] as number) >> 31) ^ (x[i + 1] as number)) | (((y[i] as number) >> 31) ^ (y[i + 1] as number));
    return bits !== 0;
  }
  if (operator === '+')
    for (let i = 1; i < numRows * 2; i += 2)
      bits |= ((x[i] as number) ^ (z[i] as number)) & ((y[i] as number) ^ (z[i] as number));
  else
    for (let i = 1; i < numRows * 2; i += 2)
      bits |= ((x[i] as number) ^ (y[i] as number)) & ((x[i] as number) ^ (z[i] as number));
  return bits < 0;
}
