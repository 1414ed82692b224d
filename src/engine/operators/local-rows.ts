/** Starts a pipeline from rows that are in memory: local relations and ranges. */
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { Attribute } from '../../expressions/expression.ts';
import type { LocalRelation, RangeRelation } from '../../plan/logical-plan.ts';
import type { Leaf } from './operator.ts';
import { from } from 'rxjs';
import { TARGET_BATCH_ROWS, columnBatch } from '../../types/column-batch.ts';
import { LONG } from '../../types/data-type.ts';
import { schemaOf } from './operator.ts';

/** The batches of a local relation. */
export function localRows(relation: LocalRelation): Leaf {
  const numRows = relation.batches.reduce((sum, batch) => sum + batch.numRows, 0);
  return {
    kind: 'leaf',
    name: 'LocalTableScan',
    inputs: [],
    output: relation.output,
    detail: `${numRows} rows`,
    read: () => from(relation.batches),
  };
}

/** The numbers of a range, made batch by batch. */
export function range(relation: RangeRelation): Leaf {
  const { start, end, step, output } = relation;
  const detail = `${start} to ${end} step ${step}`;
  return {
    kind: 'leaf',
    name: 'Range',
    inputs: [],
    output,
    detail,
    read: () => from(rangeBatches(start, end, step, output)),
  };
}

function* rangeBatches(start: bigint, end: bigint, step: bigint, output: readonly Attribute[]): Generator<ColumnBatch> {
  const schema = schemaOf(output);
  const span = step > 0n ? end - start + step - 1n : end - start + step + 1n;
  const total = span / step > 0n ? Number(span / step) : 0;
  for (let done = 0; done < total; done += TARGET_BATCH_ROWS) {
    const numRows = Math.min(TARGET_BATCH_ROWS, total - done);
    const values = new BigInt64Array(numRows);
    const first = start + BigInt(done) * step;
    for (let i = 0; i < numRows; i++) values[i] = first + BigInt(i) * step;
    yield columnBatch(schema, [{ layout: 'long', type: LONG, length: numRows, validity: undefined, values }], numRows);
  }
}
