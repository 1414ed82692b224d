/** min, max, bool_and, bool_or. Numbers and timestamps are compared in typed arrays, everything else as values. */
import type { DataType } from '../types/data-type.ts';
import type { GrowableColumn } from '../types/growable-column.ts';
import type { Vector } from '../types/vector.ts';
import type { AggregateFunction, AggregateSignature, Argument, FunctionDoc } from './define-function.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { present } from '../errors/assert.ts';
import { compareValues } from '../types/compare.ts';
import { BOOLEAN } from '../types/data-type.ts';
import { halvesOf } from '../types/long-halves.ts';
import { valueAt } from '../types/vector.ts';
import { oneValueSignature } from './aggregate-one-value.ts';
import { checkArgumentCount, quotedCall, quotedType, unexpectedType } from './argument-check.ts';
import { defineAggregate } from './define-function.ts';
import { implicitCast, isOrderable } from './type-rules.ts';

/** Keeps the least (`sign` 1) or greatest (`sign` -1) value. */
function extremeSignature(type: DataType, sign: 1 | -1): AggregateSignature {
  return oneValueSignature(type, (into, slots, column, numRows) => keepExtremes(into, slots, column, numRows, sign));
}

function keepExtremes(buffer: GrowableColumn, slots: Int32Array, column: Vector, numRows: number, sign: 1 | -1): void {
  if (column.layout === 'long') keepLongs(buffer, slots, column.values, column.validity, numRows, sign);
  else if (column.layout === 'int') keepInts(buffer, slots, column.values, column.validity, numRows, sign);
  else if (column.layout === 'double') keepDoubles(buffer, slots, column.values, column.validity, numRows, sign);
  else keepValues(buffer, slots, column, numRows, sign);
}

function keepLongs(
  { longs, validity }: GrowableColumn,
  slots: Int32Array,
  values: BigInt64Array,
  nulls: Uint8Array | undefined,
  numRows: number,
  sign: 1 | -1,
): void {
  const kept = halvesOf(longs);
  const given = halvesOf(values);
  for (let i = 0; i < numRows; i++) {
    if (nulls !== undefined && nulls[i] === 0) continue;
    const slot = slots[i] as number;
    const low = given[2 * i] as number;
    const high = given[2 * i + 1] as number;
    const keptLow = kept[2 * slot] as number;
    const keptHigh = kept[2 * slot + 1] as number;
    const order = high === keptHigh ? (low >>> 0) - (keptLow >>> 0) : high - keptHigh;
    if (validity[slot] === 1 && order * sign >= 0) continue;
    kept[2 * slot] = low;
    kept[2 * slot + 1] = high;
    validity[slot] = 1;
  }
}

function keepInts(
  { ints, validity }: GrowableColumn,
  slots: Int32Array,
  values: Int32Array,
  nulls: Uint8Array | undefined,
  numRows: number,
  sign: 1 | -1,
): void {
  for (let i = 0; i < numRows; i++) {
    if (nulls !== undefined && nulls[i] === 0) continue;
    const slot = slots[i] as number;
    const isBetter =
      sign === 1 ? (values[i] as number) < (ints[slot] as number) : (values[i] as number) > (ints[slot] as number);
    if (validity[slot] === 1 && !isBetter) continue;
    ints[slot] = values[i] as number;
    validity[slot] = 1;
  }
}

/** NaN is the greatest number; 0.0 and -0.0 are equal. */
function keepDoubles(
  { doubles, validity }: GrowableColumn,
  slots: Int32Array,
  values: Float64Array,
  nulls: Uint8Array | undefined,
  numRows: number,
  sign: 1 | -1,
): void {
  for (let i = 0; i < numRows; i++) {
    if (nulls !== undefined && nulls[i] === 0) continue;
    const slot = slots[i] as number;
    const value = values[i] as number;
    const kept = doubles[slot] as number;
    const isBetter =
      sign === 1
        ? value < kept || (Number.isNaN(kept) && !Number.isNaN(value))
        : value > kept || (Number.isNaN(value) && !Number.isNaN(kept));
    if (validity[slot] === 1 && !isBetter) continue;
    doubles[slot] = value;
    validity[slot] = 1;
  }
}

function keepValues(buffer: GrowableColumn, slots: Int32Array, column: Vector, numRows: number, sign: 1 | -1): void {
  for (let i = 0; i < numRows; i++) {
    const value = valueAt(column, i);
    if (value === null) continue;
    const slot = slots[i] as number;
    const kept = buffer.get(slot);
    if (kept === null || compareValues(buffer.type, value, kept) * sign < 0) buffer.set(slot, value);
  }
}

function extreme(name: string, sign: 1 | -1, doc: FunctionDoc): AggregateFunction {
  return defineAggregate({
    name,
    doc,
    resolve: (args) => {
      checkArgumentCount(name, args, 1, 1);
      const type = present(args[0], 'one argument').dataType;
      if (!isOrderable(type)) {
        throw new MillraceError('DATATYPE_MISMATCH.INVALID_ORDERING_TYPE', {
          sqlExpr: quotedCall(name, args),
          functionName: `\`${name}\``,
          dataType: quotedType(type),
        });
      }
      return extremeSignature(type, sign);
    },
  });
}

function booleanSignature(name: string, args: readonly Argument[], sign: 1 | -1): AggregateSignature {
  checkArgumentCount(name, args, 1, 1);
  if (implicitCast(present(args[0], 'one argument').dataType, BOOLEAN) === undefined)
    throw unexpectedType(name, args, 0, '"BOOLEAN"');
  return extremeSignature(BOOLEAN, sign);
}

export const MIN_AND_MAX: readonly AggregateFunction[] = [
  extreme('min', 1, { usage: 'The least value.', example: 'min(5)', result: '5' }),
  extreme('max', -1, {
    usage: 'The greatest value; NaN is greater than every number.',
    example: 'max(5)',
    result: '5',
  }),
  defineAggregate({
    name: 'bool_and',
    aliases: ['every'],
    doc: { usage: 'True when all values are true.', example: 'bool_and(true)', result: 'true' },
    resolve: (args) => booleanSignature('bool_and', args, 1),
  }),
  defineAggregate({
    name: 'bool_or',
    aliases: ['some', 'any'],
    doc: { usage: 'True when a value is true.', example: 'bool_or(false)', result: 'false' },
    resolve: (args) => booleanSignature('bool_or', args, -1),
  }),
];
