/**
 * Gives each row a session of its own, from its event time to its time plus the gap, as struct column `session_window`. Rows without a
 * time or without a positive gap are dropped. Joining sessions that meet is session-aggregate.ts.
 */
import type { EvaluationContext } from '../../functions/define-function.ts';
import type { SessionWindow } from '../../plan/logical-plan.ts';
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { DataType } from '../../types/data-type.ts';
import type { Interval } from '../../types/interval.ts';
import type { LongVector, Vector } from '../../types/vector.ts';
import type { Operator, Transform } from './operator.ts';
import { compileExpression } from '../../expressions/compile.ts';
import { expressionSql } from '../../expressions/sql-text.ts';
import { intervalOrNone } from '../../types/interval.ts';
import { valueAt } from '../../types/vector.ts';
import { gatherBatch } from '../../types/vector-ops.ts';
import { addInterval } from '../../windows/session-gap.ts';
import { batchOperator } from '../rx.ts';
import { ANYWHERE, schemaOf } from './operator.ts';
import { eventTimes, windowVector } from './time-window.ts';

export function sessionWindow(input: Operator, node: Omit<SessionWindow, 'child' | 'kind'>): Transform {
  const { window } = node;
  const output = [...input.output, window];
  const schema = schemaOf(output);
  const evaluateTime = compileExpression(node.time, input.output);
  const evaluateGap = compileExpression(node.gap, input.output);
  const gapOf = new GapReader();

  const assign = (batch: ColumnBatch, context: EvaluationContext): ColumnBatch[] => {
    const times = eventTimes(evaluateTime(batch, context));
    const gaps = evaluateGap(batch, context);
    const zone = isZoned(times.type) ? context.timeZone : 'UTC';
    const rows = new Int32Array(batch.numRows);
    const starts = new BigInt64Array(batch.numRows);
    const ends = new BigInt64Array(batch.numRows);
    let count = 0;
    for (let row = 0; row < batch.numRows; row++) {
      const gap = gapOf.read(gaps, row);
      if (gap === undefined || isNull(times, row)) continue;
      const start = times.values[row] as bigint;
      const end = addInterval(start, gap, zone);
      if (end <= start) continue;
      rows[count] = row;
      starts[count] = start;
      ends[count++] = end;
    }
    if (count === 0) return [];
    const kept = count === batch.numRows ? batch : gatherBatch(batch, rows, count);
    return [{ schema, numRows: count, columns: [...kept.columns, windowVector(window.dataType, starts, ends, count)] }];
  };
  return {
    kind: 'transform',
    distribution: ANYWHERE,
    name: 'SessionWindow',
    inputs: [input],
    output,
    detail: `session_window(${expressionSql(node.time)}, ${expressionSql(node.gap)})`,
    process: (epoch) => batchOperator((batch) => assign(batch, epoch.context)),
  };
}

/** Reads the gap of each row; a text that is no interval is no gap, as where Spark casts it. */
class GapReader {
  readonly #known = new Map<string, Interval | undefined>();
  #lastText: string | undefined;
  #last: Interval | undefined;

  read(gaps: Vector, row: number): Interval | undefined {
    const text = valueAt(gaps, row);
    if (typeof text !== 'string') return undefined;
    if (text !== this.#lastText) {
      this.#last = this.#parse(text);
      this.#lastText = text;
    }
    return this.#last;
  }

  #parse(text: string): Interval | undefined {
    if (!this.#known.has(text)) {
      if (this.#known.size >= MAX_KNOWN_GAPS) this.#known.clear();
      this.#known.set(text, intervalOrNone(text));
    }
    return this.#known.get(text);
  }
}

const MAX_KNOWN_GAPS = 10_000;

function isZoned(type: DataType): boolean {
  return type.kind === 'timestamp';
}

function isNull({ validity }: LongVector, row: number): boolean {
  return validity !== undefined && validity[row] === 0;
}
