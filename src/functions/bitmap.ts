/** Bitmaps of 32,768 bits: counting distinct whole numbers bucket by bucket. */
import type { GrowableColumn } from '../types/growable-column.ts';
import type { Vector } from '../types/vector.ts';
import type { AggregateFunction, FunctionDoc, ScalarFunction } from './define-function.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { present } from '../errors/assert.ts';
import { BINARY, LONG } from '../types/data-type.ts';
import { valueAt } from '../types/vector.ts';
import { checkArgumentCount, unexpectedType } from './argument-check.ts';
import { defineAggregate } from './define-function.ts';
import { binary, long } from './parameters.ts';
import { rowFunction } from './row-function.ts';
import { implicitCast } from './type-rules.ts';

const NUM_BYTES = 4096;
const NUM_BITS = BigInt(8 * NUM_BYTES);

/** Bits of a byte. */
function bitCount(byte: number): number {
  let count = 0;
  for (let bits = byte; bits !== 0; bits &= bits - 1) count++;
  return count;
}

export const BITMAP_FUNCTIONS: readonly ScalarFunction[] = [
  rowFunction({
    name: 'bitmap_bit_position',
    doc: { usage: 'The bit of a number within its bitmap.', example: 'bitmap_bit_position(123)', result: '122' },
    parameters: [long],
    returns: LONG,
    apply: ([value]) => (value > 0n ? (value - 1n) % NUM_BITS : -value % NUM_BITS),
  }),
  rowFunction({
    name: 'bitmap_bucket_number',
    doc: { usage: 'The bitmap a number belongs to.', example: 'bitmap_bucket_number(123)', result: '1' },
    parameters: [long],
    returns: LONG,
    apply: ([value]) => (value > 0n ? 1n + (value - 1n) / NUM_BITS : value / NUM_BITS),
  }),
  rowFunction({
    name: 'bitmap_count',
    doc: { usage: 'The number of set bits.', example: "bitmap_count(X'1010')", result: '2' },
    parameters: [{ ...binary, accept: (type) => (type.kind === 'binary' ? BINARY : undefined) }],
    returns: LONG,
    apply: ([bytes]) => BigInt(bytes.reduce((sum, byte) => sum + bitCount(byte), 0)),
  }),
];

type Merge = (into: Uint8Array, from: Uint8Array) => void;

function mergeBy(combine: (a: number, b: number) => number): Merge {
  return (into, from) => {
    for (let i = 0; i < into.length; i++) into[i] = combine(into[i] as number, from[i] ?? 0);
  };
}

const union = mergeBy((a, b) => a | b);

/** Applies each value of a column to its group's bitmap. */
function fold(
  [buffer]: readonly GrowableColumn[],
  slots: Int32Array,
  [column]: readonly Vector[],
  numRows: number,
  apply: (bitmap: Uint8Array, value: unknown) => void,
): void {
  const into = present(buffer, 'one buffer');
  const values = present(column, 'one column');
  for (let row = 0; row < numRows; row++) {
    const value = valueAt(values, row);
    if (value !== null) apply(into.get(slots[row] as number) as Uint8Array, value);
  }
}

function bitmapAggregate(name: string, doc: FunctionDoc, first: number, merge: Merge): AggregateFunction {
  return defineAggregate({
    name,
    doc,
    resolve: (args) => {
      checkArgumentCount(name, args, 1, 1);
      if (present(args[0], 'one argument').dataType.kind !== 'binary') throw unexpectedType(name, args, 0, '"BINARY"');
      const combine = (bitmap: Uint8Array, value: unknown): void => merge(bitmap, value as Uint8Array);
      return {
        argumentTypes: [BINARY],
        returnType: BINARY,
        nullable: false,
        bufferTypes: [BINARY],
        initialize: ([buffer], slot) => buffer?.set(slot, new Uint8Array(NUM_BYTES).fill(first)),
        update: (buffers, slots, columns, numRows) => fold(buffers, slots, columns, numRows, combine),
        merge: (buffers, slots, columns, numRows) => fold(buffers, slots, columns, numRows, combine),
        result: ([buffer], slots, count) => present(buffer, 'one buffer').toVector(slots, count),
      };
    },
  });
}

function setBit(bitmap: Uint8Array, value: unknown): void {
  const position = value as bigint;
  if (position < 0n || position >= NUM_BITS)
    throw new MillraceError('INVALID_BITMAP_POSITION', {
      bitPosition: String(position),
      bitmapNumBytes: String(NUM_BYTES),
      bitmapNumBits: String(NUM_BITS),
    });
  const at = Number(position);
  bitmap[at >> 3] = (bitmap[at >> 3] as number) | (1 << (at & 7));
}

export const BITMAP_AGGREGATES: readonly AggregateFunction[] = [
  defineAggregate({
    name: 'bitmap_construct_agg',
    doc: {
      usage: 'The bitmap of all positions.',
      example: 'substring(hex(bitmap_construct_agg(bitmap_bit_position(c))), 1, 6) FROM VALUES (1), (2), (3) AS t(c)',
      result: '070000',
    },
    resolve: (args) => {
      checkArgumentCount('bitmap_construct_agg', args, 1, 1);
      if (implicitCast(present(args[0], 'one argument').dataType, LONG) === undefined)
        throw unexpectedType('bitmap_construct_agg', args, 0, '"BIGINT"');
      return {
        argumentTypes: [LONG],
        returnType: BINARY,
        nullable: false,
        bufferTypes: [BINARY],
        initialize: ([buffer], slot) => buffer?.set(slot, new Uint8Array(NUM_BYTES)),
        update: (buffers, slots, columns, numRows) => fold(buffers, slots, columns, numRows, setBit),
        merge: (buffers, slots, columns, numRows) =>
          fold(buffers, slots, columns, numRows, (bitmap, value) => union(bitmap, value as Uint8Array)),
        result: ([buffer], slots, count) => present(buffer, 'one buffer').toVector(slots, count),
      };
    },
  }),
  bitmapAggregate(
    'bitmap_or_agg',
    {
      usage: 'The bits set in any bitmap.',
      example: "substring(hex(bitmap_or_agg(c)), 1, 6) FROM VALUES (X'10'), (X'20') AS t(c)",
      result: '300000',
    },
    0,
    union,
  ),
  bitmapAggregate(
    'bitmap_and_agg',
    {
      usage: 'The bits set in all bitmaps.',
      example: "substring(hex(bitmap_and_agg(c)), 1, 6) FROM VALUES (X'F0'), (X'70') AS t(c)",
      result: '700000',
    },
    255,
    mergeBy((a, b) => a & b),
  ),
];
