/** sum and avg of year-month and day-time intervals; sums are kept without bounds and checked at the end. */
import type { DataType } from '../types/data-type.ts';
import type { GrowableColumn } from '../types/growable-column.ts';
import type { Vector } from '../types/vector.ts';
import type { AggregateSignature } from './define-function.ts';
import type { IntervalOverflow } from './interval-math.ts';
import { present } from '../errors/assert.ts';
import { LONG, dayTimeInterval, decimal, yearMonthInterval } from '../types/data-type.ts';
import { divideHalfUp } from '../types/decimal.ts';
import { vectorOf } from '../types/vector-builder.ts';
import { valueAt } from '../types/vector.ts';
import { checkedMicros, checkedMonths } from './interval-math.ts';

const SUM = decimal(38, 0);

/** The signature of the sum or mean of intervals of `type`; `overflow` says what an interval out of range becomes. */
export function intervalAggregate(type: DataType, isMean: boolean, overflow: IntervalOverflow): AggregateSignature {
  const isMonths = type.kind === 'year_month_interval';
  const returnType = !isMean ? type : isMonths ? yearMonthInterval() : dayTimeInterval();
  return {
    argumentTypes: [type],
    returnType,
    nullable: true,
    bufferTypes: [SUM, LONG],
    initialize: (buffers, slot) => buffers.forEach((buffer) => buffer.set(slot, 0n)),
    update: (buffers, slots, [column], numRows) =>
      add(buffers, slots, present(column, 'intervals'), undefined, numRows),
    merge: (buffers, slots, [sums, counts], numRows) => add(buffers, slots, present(sums, 'sums'), counts, numRows),
    result: ([sums, counts], slots, count) => {
      const values = Array.from({ length: count }, (_, i) => {
        const slot = slots[i] as number;
        const rows = counts?.get(slot) as bigint;
        if (rows === 0n) return null;
        const sum = sums?.get(slot) as bigint;
        const total = isMonths ? checkedMonths(sum, overflow) : checkedMicros(sum, overflow);
        if (total === null || !isMean) return total;
        const mean = divideHalfUp(sum, rows);
        return isMonths ? Number(mean) : mean;
      });
      return vectorOf(returnType, values);
    },
  };
}

/** Without counts every value counts once. */
function add(
  [sums, counts]: readonly GrowableColumn[],
  slots: Int32Array,
  column: Vector,
  added: Vector | undefined,
  numRows: number,
): void {
  for (let row = 0; row < numRows; row++) {
    const value = valueAt(column, row);
    if (value === null) continue;
    const slot = slots[row] as number;
    sums?.set(slot, (sums.get(slot) as bigint) + BigInt(value as number | bigint));
    const rows = added === undefined ? 1n : (valueAt(added, row) as bigint);
    counts?.set(slot, (counts.get(slot) as bigint) + rows);
  }
}
