/** What the optimizer makes of plans: where filters end up, which columns are read, what is computed in advance. */
import { expect, it } from 'vitest';
import { functions as F } from '../../../src/index.ts';
import type { DataFrame } from '../../../src/index.ts';
import type { LogicalPlan } from '../../../src/plan/logical-plan.ts';
import { nodesOf } from '../../../src/plan/unsupported-operations.ts';
import { createTestSession } from '../../../src/testing/index.ts';

const session = createTestSession();
const stream = session.memoryStream('id INT, name STRING, time TIMESTAMP').toDF();

function optimized(frame: unknown): LogicalPlan {
  return (frame as DataFrame).queryExecution.optimized;
}

function kinds(frame: unknown): string[] {
  return nodesOf(optimized(frame)).map(({ kind }) => kind);
}

it('a filter goes below the watermark conjunct by conjunct; what reads the event time stays above', () => {
  const filtered = stream.withWatermark('time', '1 second').where(
    F.col('id')
      .gt(1)
      .and(F.col('time').gt(F.lit(new Date(0)))),
  );
  expect(kinds(filtered)).toEqual(['filter', 'eventTimeWatermark', 'filter', 'scan']);
});

it('a filter over keys goes below the aggregation, one over its results does not', () => {
  const counts = stream.groupBy('id').count();
  expect(kinds(counts.where(F.col('id').gt(1)))).toEqual(['aggregate', 'filter', 'scan']);
  expect(kinds(counts.where(F.col('count').gt(1)))).toEqual(['filter', 'aggregate', 'scan']);
});

it('a scan reads only the columns somebody uses', () => {
  const plan = optimized(stream.where(F.col('id').gt(1)).select('name'));
  const scan = nodesOf(plan).find((node) => node.kind === 'scan');
  expect(scan?.kind === 'scan' ? scan.output.map(({ name }) => name) : []).toEqual(['id', 'name']);
});

it('expressions over literals are computed once', () => {
  const plan = optimized(stream.select(F.lit(1).plus(F.lit(2)).as('three')));
  expect(plan).toMatchObject({ kind: 'project', expressions: [{ child: { kind: 'literal', value: 3 } }] });
});

it('an expression that fails over literals is left to the rows', () => {
  const plan = optimized(stream.select(F.lit(1).divide(F.lit(0)).as('x')));
  expect(plan).toMatchObject({ kind: 'project', expressions: [{ child: { kind: 'call' } }] });
});

it('projections in a row become one', () => {
  expect(kinds(stream.select('id', 'name').select('id').select(F.col('id').as('x')))).toEqual(['project', 'scan']);
});
