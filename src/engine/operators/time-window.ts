/**
 * Assigns each row to its windows: appends the struct column `window`, drops rows whose time is null, copies a row into each sliding
 * window it belongs to. Stateless.
 */
import type { TimeWindow } from '../../plan/logical-plan.ts';
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { DataType, StructType } from '../../types/data-type.ts';
import type { LongVector, Vector } from '../../types/vector.ts';
import type { Operator, Transform } from './operator.ts';
import { assert } from '../../errors/assert.ts';
import { compileExpression } from '../../expressions/compile.ts';
import { expressionSql } from '../../expressions/sql-text.ts';
import { gatherBatch, gatherVector } from '../../types/vector-ops.ts';
import { isTumbling, slidingWindows, windowEnds } from '../../windows/assign-windows.ts';
import { calendarWindows } from '../../windows/calendar-windows.ts';
import { tumblingColumn } from '../../windows/tumbling-column.ts';
import { isCalendar, windowSpecText } from '../../windows/window-spec.ts';
import { batchOperator } from '../rx.ts';
import { ANYWHERE, schemaOf } from './operator.ts';

export function timeWindow(input: Operator, node: Omit<TimeWindow, 'child' | 'kind'>): Transform {
  const { spec, window } = node;
  const output = [...input.output, window];
  const schema = schemaOf(output);
  const evaluateTime = compileExpression(node.time, input.output);
  const detail = `window(${expressionSql(node.time)}, ${windowSpecText(spec)})`;
  const assign = (batch: ColumnBatch, times: LongVector): ColumnBatch => {
    if (isCalendar(spec)) {
      const { starts, ends } = calendarWindows(spec, times.values, batch.numRows);
      const windows = windowVector(window.dataType, starts, ends, batch.numRows);
      return { schema, numRows: batch.numRows, columns: [...batch.columns, windows] };
    }
    if (isTumbling(spec)) {
      const windows = tumblingColumn(window.dataType, { spec, times: times.values }, batch.numRows);
      return { schema, numRows: batch.numRows, columns: [...batch.columns, windows] };
    }
    const { rows, starts, count } = slidingWindows(spec, times.values, batch.numRows);
    const copied = gatherBatch(batch, rows, count);
    const ends = windowEnds(spec, starts, count);
    return { schema, numRows: count, columns: [...copied.columns, windowVector(window.dataType, starts, ends, count)] };
  };
  return {
    kind: 'transform',
    distribution: ANYWHERE,
    name: 'TimeWindow',
    inputs: [input],
    output,
    detail,
    process: (epoch) =>
      batchOperator((batch) => {
        const times = eventTimes(evaluateTime(batch, epoch.context));
        const { validity } = times;
        if (validity === undefined) return [assign(batch, times)];
        const rows = new Int32Array(batch.numRows);
        let count = 0;
        for (let row = 0; row < batch.numRows; row++) if (validity[row] === 1) rows[count++] = row;
        if (count === 0) return [];
        return [assign(gatherBatch(batch, rows, count), gatherVector(times, rows, count) as LongVector)];
      }),
  };
}

/** The time of a row: the timestamp itself, or the last microsecond of a window. */
export function eventTimes(vector: Vector): LongVector {
  if (vector.layout === 'long') return vector;
  const end = windowOrTime(vector);
  const values = new BigInt64Array(vector.length);
  for (let row = 0; row < vector.length; row++) values[row] = (end.values[row] as bigint) - 1n;
  return { ...end, values };
}

/** What a watermark is compared with: the timestamp itself, or the exclusive end of a window. */
export function windowOrTime(vector: Vector): LongVector {
  if (vector.layout === 'long') return vector;
  assert(vector.layout === 'struct', 'an event time is a timestamp or a window');
  const end = vector.children[1];
  assert(end !== undefined && end.layout === 'long', 'the second field of a window is its end');
  return { ...end, validity: vector.validity };
}

/** A window column from its bounds. */
export function windowVector(type: DataType, starts: BigInt64Array, ends: BigInt64Array, length: number): Vector {
  const structType = type as StructType;
  const child = (index: number, values: BigInt64Array): Vector => {
    const childType = structType.fields[index]?.dataType;
    assert(childType !== undefined, 'a window has two fields');
    return { layout: 'long', type: childType, length, validity: undefined, values };
  };
  return {
    layout: 'struct',
    type: structType,
    length,
    validity: undefined,
    children: [child(0, starts), child(1, ends)],
  };
}
