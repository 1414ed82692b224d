/** sequence: numbers by a step, and dates and times by an interval. */
import type { DataType } from '../types/data-type.ts';
import type { Interval } from '../types/interval.ts';
import type { Value } from '../types/vector.ts';
import type { Argument, ScalarSignature } from './define-function.ts';
import { present } from '../errors/assert.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { floorDivide, localToUtc, zoneOffsetMicros } from '../types/civil-time.ts';
import { array, isIntegral } from '../types/data-type.ts';
import { checkArgumentCount, quotedCall } from './argument-check.ts';
import { checkLength } from './array-length.ts';
import { defineScalar } from './define-function.ts';
import { shiftTime } from './interval-math.ts';
import { isInterval, partsOf } from './interval-operators.ts';
import { findWiderTypeOf, isDateTime } from './type-rules.ts';

const DAY = 86_400_000_000n;
/** The length Spark takes a month for when it guesses how long a sequence is. */
const MONTH = 28n * DAY;
const ONE_DAY: Interval = { months: 0, days: 1, micros: 0n };

/** The function of SQL. */
export const sequence = defineScalar({
  name: 'sequence',
  doc: {
    usage: 'The numbers from one to another by a step, or the dates or times by an interval.',
    example: 'sequence(1, 7, 3)',
    result: '[1, 4, 7]',
  },
  resolve: (args) => {
    checkArgumentCount('sequence', args, 2, 3);
    const [start, stop, step] = args.map((arg) => arg.dataType);
    const type = findWiderTypeOf([present(start, 'a start'), present(stop, 'a stop')]);
    if (type !== undefined && isDateTime(type) && (step === undefined || isInterval(step)))
      return sequenceOfTimes(args, type, step);
    const number = findWiderTypeOf(args.map((arg) => arg.dataType));
    if (number !== undefined && isIntegral(number)) return sequenceOfNumbers(args, number);
    throw new MillraceError('DATATYPE_MISMATCH.SEQUENCE_WRONG_INPUT_TYPES', {
      sqlExpr: quotedCall('sequence', args),
      functionName: '`sequence`',
      startType: '("TIMESTAMP" or "TIMESTAMP_NTZ" or "DATE")',
      stepType: '("INTERVAL" or "INTERVAL YEAR TO MONTH" or "INTERVAL DAY TO SECOND")',
      otherStartType: '"INTEGRAL"',
    });
  },
});

function sequenceOfNumbers(args: readonly Argument[], type: DataType): ScalarSignature {
  return {
    argumentTypes: args.map(() => type),
    returnType: array(type, false),
    nullable: args.some((arg) => arg.nullable),
    evaluator: {
      kind: 'row',
      nulls: 'propagate',
      apply: ([start, stop, step]) => {
        const numbers = numbersOf(
          BigInt(start as number | bigint),
          BigInt(stop as number | bigint),
          step === undefined ? undefined : BigInt(step as number | bigint),
        );
        return type.kind === 'long' ? numbers : numbers.map(Number);
      },
    },
  };
}

function sequenceOfTimes(args: readonly Argument[], type: DataType, step: DataType | undefined): ScalarSignature {
  return {
    argumentTypes: step === undefined ? [type, type] : [type, type, step],
    returnType: array(type, false),
    nullable: args.some((arg) => arg.nullable),
    evaluator: {
      kind: 'row',
      nulls: 'propagate',
      apply: ([start, stop, by], { timeZone }) => {
        const [from, to] = [start as number | bigint, stop as number | bigint];
        const days = from <= to ? ONE_DAY : { ...ONE_DAY, days: -1 };
        const parts = step === undefined ? days : partsOf(by as Value, step);
        return type.kind === 'date'
          ? datesOf(from as number, to as number, parts, timeZone, step)
          : timesOf(from as bigint, to as bigint, parts, type.kind === 'timestamp' ? timeZone : 'UTC');
      },
    },
  };
}

function datesOf(start: number, stop: number, step: Interval, timeZone: string, type: DataType | undefined): number[] {
  if (step.months === 0 && step.days === 0 && step.micros !== 0n)
    throw new MillraceError('_LEGACY_ERROR_TEMP_3242', {
      intervalType: type?.kind === 'calendar_interval' ? 'interval' : 'interval day to second',
    });
  if (step.months === 0 && step.micros === 0n)
    return numbersOf(BigInt(start), BigInt(stop), BigInt(step.days)).map(Number);
  const midnight = (days: number): bigint => localToUtc(timeZone, BigInt(days) * DAY);
  return timesOf(midnight(start), midnight(stop), step, timeZone).map((micros) =>
    Number(floorDivide(micros + zoneOffsetMicros(timeZone, micros), DAY)),
  );
}

function timesOf(start: bigint, stop: bigint, step: Interval, zone: string): bigint[] {
  if (step.months === 0 && step.days === 0) return numbersOf(start, stop, step.micros);
  const size = BigInt(step.months) * MONTH + BigInt(step.days) * DAY + step.micros;
  checkBoundaries(start, stop, size);
  checkLength('sequence', size === 0n ? 1 : Number((stop - start) / size) + 1);
  const times: bigint[] = [];
  for (let i = 0, time = start; size > 0n ? time <= stop : time >= stop;) {
    times.push(time);
    i += 1;
    time = shiftTime(start, { months: i * step.months, days: i * step.days, micros: BigInt(i) * step.micros }, zone);
  }
  return times;
}

function checkBoundaries(start: bigint, stop: bigint, step: bigint): void {
  if ((step > 0n && start > stop) || (step < 0n && start < stop) || (step === 0n && start !== stop))
    throw new MillraceError('INVALID_SEQUENCE_BOUNDARIES', { start: `${start}`, stop: `${stop}`, step: `${step}` });
}

function numbersOf(start: bigint, stop: bigint, step = start <= stop ? 1n : -1n): bigint[] {
  checkBoundaries(start, stop, step);
  const length = step === 0n ? 1 : Number((stop - start) / step) + 1;
  checkLength('sequence', length);
  return Array.from({ length }, (_, i) => start + BigInt(i) * step);
}
