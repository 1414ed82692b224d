/** count, sum and avg, with their kernels over typed buffers. */
import type { GrowableColumn } from '../types/growable-column.ts';
import type { DataType, DecimalType } from '../types/data-type.ts';
import type { LongVector, Vector } from '../types/vector.ts';
import type { AggregateFunction, AggregateSignature, Argument } from './define-function.ts';
import type { IntervalOverflow } from './interval-math.ts';
import { present } from '../errors/assert.ts';
import { BOOLEAN, DOUBLE, LONG, decimal, isAnsiInterval, isIntegral } from '../types/data-type.ts';
import { halvesOf } from '../types/long-halves.ts';
import { divideHalfUp, fitsPrecision, rescale } from '../types/decimal.ts';
import { isNullAt, valueAt } from '../types/vector.ts';
import { vectorOf } from '../types/vector-builder.ts';
import { checkArgumentCount, unexpectedType } from './argument-check.ts';
import { arithmeticOverflow, decimalOverflow } from './arithmetic-errors.ts';
import { intervalAggregate } from './aggregate-interval.ts';
import { defineAggregate } from './define-function.ts';
import { implicitCast, boundedDecimal } from './type-rules.ts';
import { numeric } from './parameters.ts';

type Buffers = readonly GrowableColumn[];

function bufferAt(buffers: Buffers, index: number): GrowableColumn {
  return present(buffers[index], 'an aggregate gets the buffers it asked for');
}

function startAtZero(buffers: Buffers, slot: number): void {
  for (let i = 0; i < buffers.length; i++) {
    const buffer = bufferAt(buffers, i);
    buffer.validity[slot] = 1;
    if (buffer.layout === 'long') buffer.longs[slot] = 0n;
    else if (buffer.layout === 'double') buffer.doubles[slot] = 0;
    else buffer.objects[slot] = 0n;
  }
}

/** Counts the rows in which no argument is null. */
function countSignature(argumentTypes: readonly DataType[]): AggregateSignature {
  return {
    argumentTypes,
    returnType: LONG,
    nullable: false,
    bufferTypes: [LONG],
    initialize: startAtZero,
    update: (buffers, slots, args, numRows) => addCounts(bufferAt(buffers, 0), slots, args, numRows),
    merge: (buffers, slots, [partial], numRows) =>
      addLongs(bufferAt(buffers, 0), slots, partial as LongVector, numRows),
    result: (buffers, slots, count) => bufferAt(buffers, 0).toVector(slots, count),
  };
}

function addCounts({ longs }: GrowableColumn, slots: Int32Array, args: readonly Vector[], numRows: number): void {
  const withNulls = args.filter((arg) => arg.validity !== undefined);
  const [only] = withNulls;
  const counts = halvesOf(longs);
  if (only === undefined) for (let i = 0; i < numRows; i++) addOne(counts, slots[i] as number);
  else
    for (let i = 0; i < numRows; i++)
      if (withNulls.every((arg) => !isNullAt(arg, i))) addOne(counts, slots[i] as number);
}

/** Adds 1 to a long, given as halves. */
function addOne(counts: Int32Array, slot: number): void {
  const low = ((counts[2 * slot] as number) + 1) | 0;
  counts[2 * slot] = low;
  if (low === 0) counts[2 * slot + 1] = (counts[2 * slot + 1] as number) + 1;
}

/** Adds without overflow check: counts do not get that far. */
function addLongs({ longs }: GrowableColumn, slots: Int32Array, partial: LongVector, numRows: number): void {
  const sums = halvesOf(longs);
  const added = halvesOf(partial.values);
  for (let i = 0; i < numRows; i++) {
    const at = 2 * (slots[i] as number);
    const low = ((sums[at] as number) + (added[2 * i] as number)) | 0;
    const carry = low >>> 0 < (added[2 * i] as number) >>> 0 ? 1 : 0;
    sums[at] = low;
    sums[at + 1] = (sums[at + 1] as number) + (added[2 * i + 1] as number) + carry;
  }
}

/** Adds longs exactly; the sign bits of both operands and the sum tell an overflow. */
function sumLongs(buffer: GrowableColumn, slots: Int32Array, column: Vector, numRows: number, ansi: boolean): void {
  if (column.layout !== 'long') return;
  const { longs, validity } = buffer;
  const nulls = column.validity;
  const sums = halvesOf(longs);
  const added = halvesOf(column.values);
  let overflow = 0;
  for (let i = 0; i < numRows; i++) {
    if (nulls !== undefined && nulls[i] === 0) continue;
    const slot = slots[i] as number;
    const at = slot * 2;
    const before = sums[at + 1] as number;
    const high = added[i * 2 + 1] as number;
    const low = ((sums[at] as number) + (added[i * 2] as number)) | 0;
    const carry = low >>> 0 < (added[i * 2] as number) >>> 0 ? 1 : 0;
    const after = (before + high + carry) | 0;
    sums[at] = low;
    sums[at + 1] = after;
    overflow |= ((validity[slot] === 1 ? before : 0) ^ after) & (high ^ after);
    validity[slot] = 1;
  }
  if (overflow < 0 && ansi) throw arithmeticOverflow('overflow', 'try_add');
}

function sumDoubles(buffer: GrowableColumn, slots: Int32Array, column: Vector, numRows: number): void {
  if (column.layout !== 'double') return;
  const { doubles, validity } = buffer;
  const { values } = column;
  const nulls = column.validity;
  for (let i = 0; i < numRows; i++) {
    if (nulls !== undefined && nulls[i] === 0) continue;
    const slot = slots[i] as number;
    doubles[slot] = (doubles[slot] as number) + (values[i] as number);
    validity[slot] = 1;
  }
}

function sumDecimals(buffer: GrowableColumn, slots: Int32Array, column: Vector, numRows: number): void {
  for (let i = 0; i < numRows; i++) {
    const value = valueAt(column, i);
    if (value === null) continue;
    const slot = slots[i] as number;
    buffer.objects[slot] = ((buffer.validity[slot] === 1 ? buffer.objects[slot] : 0n) as bigint) + (value as bigint);
    buffer.validity[slot] = 1;
  }
}

/** A buffer that starts as NULL with a zero below, so that sums need not look before they add. */
function startAtNull(buffers: Buffers, slot: number): void {
  startAtZero(buffers, slot);
  for (const buffer of buffers) buffer.validity[slot] = 0;
}

/** Sums are kept in 38 digits: more than that is an overflow of the result type too. */
function decimalSumType(type: DecimalType): DecimalType {
  return boundedDecimal(type.precision + 10, type.scale);
}

function numericArgument(name: string, args: readonly Argument[]): DataType {
  checkArgumentCount(name, args, 1, 1);
  const given = present(args[0], 'one argument').dataType;
  // A time counts as its seconds since 1970.
  const type = given.kind === 'timestamp' ? DOUBLE : numeric.accept(given);
  if (type === undefined) throw unexpectedType(name, args, 0, '"NUMERIC" or "ANSI INTERVAL"');
  return type;
}

function sumSignature(name: string, args: readonly Argument[], ansi: boolean): AggregateSignature {
  const type = numericArgument(name, args);
  if (type.kind === 'decimal') return decimalSum(type, ansi);
  const returnType = isIntegral(type) ? LONG : DOUBLE;
  const add = (buffers: Buffers, slots: Int32Array, [column]: readonly Vector[], numRows: number): void => {
    const values = present(column, 'sum has one column');
    if (returnType === LONG) sumLongs(bufferAt(buffers, 0), slots, values, numRows, ansi);
    else sumDoubles(bufferAt(buffers, 0), slots, values, numRows);
  };
  return {
    argumentTypes: [returnType],
    returnType,
    nullable: true,
    bufferTypes: [returnType],
    initialize: startAtNull,
    startsFresh: true,
    update: add,
    merge: add,
    result: (buffers, slots, count) => bufferAt(buffers, 0).toVector(slots, count),
  };
}

function decimalSum(type: DecimalType, ansi: boolean): AggregateSignature {
  const returnType = decimalSumType(type);
  const bufferType = decimal(38, type.scale);
  const add = (buffers: Buffers, slots: Int32Array, [column]: readonly Vector[], numRows: number): void =>
    sumDecimals(bufferAt(buffers, 0), slots, present(column, 'sum has one column'), numRows);
  return {
    argumentTypes: [type],
    returnType,
    nullable: true,
    bufferTypes: [bufferType],
    initialize: startAtNull,
    update: add,
    merge: add,
    result: (buffers, slots, count) => {
      const sums = bufferAt(buffers, 0);
      const values = Array.from({ length: count }, (_, i) => {
        const sum = sums.get(slots[i] as number) as bigint | null;
        if (sum === null || fitsPrecision(sum, returnType.precision)) return sum;
        if (ansi) throw arithmeticOverflow('Overflow in sum of decimals', 'try_sum');
        return null;
      });
      return vectorOf(returnType, values);
    },
  };
}

function averageSignature(name: string, args: readonly Argument[], ansi: boolean): AggregateSignature {
  const type = numericArgument(name, args);
  if (type.kind === 'decimal') return decimalAverage(type, ansi);
  return {
    argumentTypes: [DOUBLE],
    returnType: DOUBLE,
    nullable: true,
    bufferTypes: [DOUBLE, LONG],
    ...sumsAndCounts(sumDoubles),
    result: (buffers, slots, count) => {
      const values = new Float64Array(count);
      const validity = new Uint8Array(count);
      for (let i = 0; i < count; i++) {
        const slot = slots[i] as number;
        const rows = Number(bufferAt(buffers, 1).longs[slot]);
        validity[i] = rows === 0 ? 0 : 1;
        values[i] = rows === 0 ? 0 : (bufferAt(buffers, 0).doubles[slot] as number) / rows;
      }
      return { layout: 'double', type: DOUBLE, length: count, values, validity };
    },
  };
}

/** The two buffers of an average: the sum of its column, by `sum`, and the number of values. */
function sumsAndCounts(sum: typeof sumDoubles): Pick<AggregateSignature, 'initialize' | 'update' | 'merge'> {
  return {
    initialize: startAtZero,
    update: (buffers, slots, columns, numRows) => {
      sum(bufferAt(buffers, 0), slots, present(columns[0], 'avg has one column'), numRows);
      addCounts(bufferAt(buffers, 1), slots, columns, numRows);
    },
    merge: (buffers, slots, [sums, counts], numRows) => {
      sum(bufferAt(buffers, 0), slots, present(sums, 'sums'), numRows);
      addLongs(bufferAt(buffers, 1), slots, counts as LongVector, numRows);
    },
  };
}

/** Digits behind the point of a quotient before it is rounded to the result type. */
const QUOTIENT_SCALE = 39;

function decimalAverage(type: DecimalType, ansi: boolean): AggregateSignature {
  const returnType = boundedDecimal(type.precision + 4, type.scale + 4);
  return {
    argumentTypes: [type],
    returnType,
    nullable: true,
    bufferTypes: [decimal(38, type.scale), LONG],
    ...sumsAndCounts(sumDecimals),
    result: (buffers, slots, count) => {
      const values = Array.from({ length: count }, (_, i) => {
        const slot = slots[i] as number;
        const rows = bufferAt(buffers, 1).longs[slot] as bigint;
        if (rows === 0n) return null;
        const sum = rescale(bufferAt(buffers, 0).get(slot) as bigint, type.scale, QUOTIENT_SCALE);
        const quotient = divideHalfUp(sum, rows);
        const average = rescale(quotient, QUOTIENT_SCALE, returnType.scale);
        if (fitsPrecision(average, returnType.precision)) return average;
        if (ansi) throw decimalOverflow(quotient, QUOTIENT_SCALE, returnType);
        return null;
      });
      return vectorOf(returnType, values);
    },
  };
}

/** The sum or mean of intervals; undefined for other arguments. */
function ofIntervals(
  args: readonly Argument[],
  isMean: boolean,
  overflow: IntervalOverflow,
): AggregateSignature | undefined {
  const type = args.length === 1 ? args[0]?.dataType : undefined;
  return type !== undefined && isAnsiInterval(type) ? intervalAggregate(type, isMean, overflow) : undefined;
}

/** Whole numbers are summed without bounds, so that an overflow on the way back is none. */
function trySum(args: readonly Argument[]): AggregateSignature {
  const type = numericArgument('try_sum', args);
  if (!isIntegral(type)) return sumSignature('try_sum', args, false);
  const exact = decimalSum(decimal(28, 0), false);
  return {
    ...exact,
    argumentTypes: [decimal(28, 0)],
    returnType: LONG,
    result: (buffers, slots, count) => {
      const values = Array.from({ length: count }, (_, i) => {
        const sum = bufferAt(buffers, 0).get(slots[i] as number) as bigint | null;
        return sum !== null && BigInt.asIntN(64, sum) === sum ? sum : null;
      });
      return vectorOf(LONG, values);
    },
  };
}

export const COUNT_AND_SUM: readonly AggregateFunction[] = [
  defineAggregate({
    name: 'count',
    doc: {
      usage: 'The number of rows in which no argument is NULL; count(*) counts all rows.',
      example: 'count(*)',
      result: '1',
    },
    resolve: (args) => countSignature(args.map((arg) => arg.dataType)),
  }),
  defineAggregate({
    name: 'count_if',
    doc: { usage: 'The number of rows for which the condition is true.', example: 'count_if(true)', result: '1' },
    resolve: (args) => {
      checkArgumentCount('count_if', args, 1, 1);
      if (implicitCast(present(args[0], 'one argument').dataType, BOOLEAN) === undefined)
        throw unexpectedType('count_if', args, 0, '"BOOLEAN"');
      return {
        ...countSignature([BOOLEAN]),
        update: (buffers, slots, [column], numRows) => {
          const { longs } = bufferAt(buffers, 0);
          if (column?.layout !== 'boolean') return;
          for (let i = 0; i < numRows; i++)
            if (column.values[i] === 1 && !isNullAt(column, i))
              longs[slots[i] as number] = (longs[slots[i] as number] as bigint) + 1n;
        },
      };
    },
  }),
  defineAggregate({
    name: 'sum',
    doc: { usage: 'The sum of all values that are not NULL.', example: 'sum(5)', result: '5' },
    resolve: (args, { ansi }) => ofIntervals(args, false, { instead: 'try_add' }) ?? sumSignature('sum', args, ansi),
  }),
  defineAggregate({
    name: 'avg',
    aliases: ['mean'],
    doc: { usage: 'The mean of all values that are not NULL.', example: 'avg(5)', result: '5.0' },
    resolve: (args, { ansi }) => ofIntervals(args, true, { instead: 'try_add' }) ?? averageSignature('avg', args, ansi),
  }),
  defineAggregate({
    name: 'try_sum',
    doc: { usage: 'As sum, NULL on overflow.', example: 'try_sum(5)', result: '5' },
    resolve: (args) => ofIntervals(args, false, 'null') ?? trySum(args),
  }),
  defineAggregate({
    name: 'try_avg',
    doc: { usage: 'As avg, NULL on overflow.', example: 'try_avg(5)', result: '5.0' },
    resolve: (args) => ofIntervals(args, true, 'null') ?? averageSignature('try_avg', args, false),
  }),
];
