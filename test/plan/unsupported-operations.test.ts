/** What a stream cannot do, by output mode; refused when the query starts. */
import { expect, it } from 'vitest';
import { functions as F } from '../../src/index.ts';
import type { DataFrame } from '../../src/index.ts';
import { createTestSession } from '../../src/testing/index.ts';

const session = createTestSession();
const stream = session.memoryStream('id INT, time TIMESTAMP').toDF() as DataFrame<unknown> as DataFrame;
const marked = stream.withWatermark('time', '1 second');
const counts = stream.groupBy('id').count();
const MODE_REFUSED = 'STREAMING_OUTPUT_MODE.UNSUPPORTED_OPERATION';
const REFUSED = '_LEGACY_ERROR_TEMP_3102';

const CASES: readonly (readonly [string, DataFrame, 'append' | 'update' | 'complete', string])[] = [
  ['an aggregation without watermark in append mode', counts, 'append', MODE_REFUSED],
  ['complete mode without aggregation', stream, 'complete', MODE_REFUSED],
  ['sorting in append mode', stream.orderBy('id'), 'append', REFUSED],
  ['sorting of an aggregation in update mode', counts.orderBy('id'), 'update', REFUSED],
  ['a limit in update mode', stream.limit(1), 'update', REFUSED],
  ['an offset', stream.offset(1), 'append', REFUSED],
  ['distinct aggregates', stream.groupBy('id').agg(F.count_distinct('time')), 'update', REFUSED],
  ['two aggregations in update mode', counts.groupBy('count').count(), 'update', REFUSED],
  ['dropDuplicatesWithinWatermark without watermark', stream.dropDuplicatesWithinWatermark(['id']), 'append', REFUSED],
  ['a second watermark', marked.withWatermark('time', '2 seconds'), 'append', '_LEGACY_ERROR_TEMP_3076'],
  ['ids that count rows', stream.select(F.callFunction('monotonically_increasing_id')), 'append', REFUSED],
  ['a union with bounded rows', stream.union(session.createDataFrame([], 'id INT, time TIMESTAMP')), 'append', REFUSED],
];

it.each(CASES)('%s is refused', async (_name, frame, mode, condition) => {
  const start = frame.writeStream.outputMode(mode).format('noop').start();
  await expect(start).rejects.toMatchObject({ condition });
});

it('an aggregation below another without watermark is refused in append mode', async () => {
  const counted = marked.groupBy('time', 'id').count();
  const distinct = counted.select('time').except(session.createDataFrame([], 'time TIMESTAMP'));
  await expect(distinct.writeStream.format('noop').start()).resolves.toBeDefined();
  const start = counted
    .select('count')
    .except(session.createDataFrame([], 'n BIGINT'))
    .writeStream.format('noop')
    .start();
  await expect(start).rejects.toMatchObject({ condition: 'UNSUPPORTED_STREAMING_OPERATOR_WITHOUT_WATERMARK' });
  await session.streams.active[0]?.stop();
});

it('what may lose rows between stateful operators runs once the check is switched off', async () => {
  const free = createTestSession({}, { 'spark.sql.streaming.statefulOperator.checkCorrectness.enabled': 'false' });
  const twice = free.memoryStream('id INT').toDF().groupBy('id').count().groupBy('count').agg(F.count('*').as('n'));
  const query = await twice.writeStream.outputMode('update').format('noop').start();
  await query.stop();
});

it('a stream has no collect', async () => {
  await expect(stream.collect()).rejects.toMatchObject({ condition: REFUSED });
});
