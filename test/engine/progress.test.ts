/** Progress and status of a query as Spark shows them: fields, their order, what is left out, and what an idle query says. */
import { expect, it } from 'vitest';
import { functions as F } from '../../src/index.ts';
import {
  ManualClock,
  addData,
  advanceClock,
  assertOnQuery,
  createTestSession,
  processAllAvailable,
  testStream,
} from '../../src/testing/index.ts';

const PHASES = [
  'addBatch',
  'commitOffsets',
  'getBatch',
  'latestOffset',
  'queryPlanning',
  'triggerExecution',
  'walCommit',
];
const STATELESS = [
  'id',
  'runId',
  'name',
  'timestamp',
  'batchId',
  'batchDuration',
  'numInputRows',
  'inputRowsPerSecond',
  'durationMs',
  'stateOperators',
  'sources',
  'sink',
];

it('JSON leaves out what is empty and rates that are not finite', async () => {
  const input = createTestSession({ clock: new ManualClock() }).memoryStream('n INT');
  await testStream(
    input.toDF(),
    'append',
    addData(input, [1]),
    processAllAvailable(),
    assertOnQuery(({ lastProgress }) => {
      const json = JSON.parse(lastProgress?.json ?? '') as Record<string, unknown>;
      expect(Object.keys(json)).toEqual(STATELESS);
      expect(json).toMatchObject({ name: null, numInputRows: 1, inputRowsPerSecond: 0 });
      expect(Object.keys(json['durationMs'] as object)).toEqual(PHASES);
      expect(json['sink']).toEqual({ description: 'ForeachBatchSink', numOutputRows: -1 });
      expect(JSON.stringify(lastProgress)).toBe(lastProgress?.json);
      expect(lastProgress?.prettyJson).toContain('\n  "batchId" : 0,\n');
    }),
  );
});

it('a state operator shows as many partitions as Spark would have', async () => {
  const session = createTestSession({ clock: new ManualClock() }, { 'spark.sql.shuffle.partitions': '3' });
  const input = session.memoryStream('n INT');
  await testStream(
    input.toDF().groupBy('n').count(),
    'update',
    addData(input, [1], [2]),
    processAllAvailable(),
    assertOnQuery(({ lastProgress }) => {
      expect(lastProgress?.stateOperators[0]).toMatchObject({ numShufflePartitions: 3, numStateStoreInstances: 3 });
    }),
  );
});

it('an idle query adds a progress without rows now and then, under the id of the batch to come', async () => {
  const clock = new ManualClock();
  const input = createTestSession({ clock }).memoryStream('time TIMESTAMP, k STRING');
  const marked = input.toDF().withWatermark('time', '0 seconds');
  await testStream(
    marked.groupBy('time', 'k').agg(F.count('*').as('n')),
    'append',
    addData(input, ['2026-01-01T10:00:00Z', 'a'], ['2026-01-01T10:00:05Z', 'b']),
    processAllAvailable(),
    advanceClock(clock, '9 seconds'),
    processAllAvailable(),
    assertOnQuery(({ recentProgress }) => expect(recentProgress.map(({ batchId }) => batchId)).toEqual([0, 1])),
    advanceClock(clock, '1 second'),
    processAllAvailable(),
    assertOnQuery(({ recentProgress, status }) => {
      expect(recentProgress.map(({ batchId }) => batchId)).toEqual([0, 1, 2]);
      const idle = JSON.parse(recentProgress[2]?.json ?? '') as Record<string, unknown>;
      expect(idle).toMatchObject({ batchId: 2, numInputRows: 0, eventTime: { watermark: '2026-01-01T10:00:05.000Z' } });
      expect(Object.keys(idle['durationMs'] as object)).toEqual(['latestOffset', 'triggerExecution']);
      expect(idle['stateOperators']).toMatchObject([{ numRowsTotal: 0, numRowsUpdated: 0, numRowsRemoved: 0 }]);
      expect(status).toMatchObject({ message: 'Waiting for data to arrive', isDataAvailable: false });
    }),
  );
});
