/** State as rows. The expected rows and errors are those of PySpark 4.3.0 for the same program, see state-reader.reference.py. */
import { mkdtempSync, rmSync, utimesSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DataFrame } from '../../../src/index.ts';
import { MillraceSession, Trigger, functions as F } from '../../../src/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-state-reader-'));
const session = MillraceSession.builder()
  .appName('state reader')
  .config('spark.sql.shuffle.partitions', '5')
  .config('spark.sql.session.timeZone', 'UTC')
  .getOrCreate();

const FILES = [
  [
    { time: '2026-01-01T10:00:03Z', action: 'a', n: 1 },
    { time: '2026-01-01T10:00:04Z', action: 'b', n: 2 },
    { time: '2026-01-01T10:00:04Z', n: 7 },
  ],
  [{ time: '2026-01-01T10:00:13Z', action: 'a', n: 3 }],
  [
    { time: '2026-01-01T10:01:13Z', action: 'c', n: 4 },
    { time: '2026-01-01T10:01:14Z', action: 'a', n: 5 },
  ],
];

type Build = (input: DataFrame) => DataFrame;

async function run(name: string, build: Build, mode: 'append' | 'update'): Promise<string> {
  const checkpoint = join(folder, name);
  const input = session.readStream.schema('time TIMESTAMP, action STRING, n INT').option('maxFilesPerTrigger', 1);
  const output = build(input.json(join(folder, 'in')) as DataFrame<unknown> as DataFrame);
  const writer = output.writeStream.format('noop').outputMode(mode).trigger(Trigger.AvailableNow());
  await (await writer.option('checkpointLocation', checkpoint).start()).awaitTermination();
  return checkpoint;
}

type Options = Readonly<Record<string, string | number | boolean>>;

function state(checkpoint: string | undefined, options: Options = {}): DataFrame {
  return session.read.format('statestore').options(options).load(checkpoint);
}

async function rowsOf(rows: DataFrame): Promise<string[]> {
  return (await rows.toJSON().collect()).toSorted();
}

let counts: string;
let windows: string;

beforeAll(async () => {
  mkdirSync(join(folder, 'in'));
  FILES.forEach((rows, i) => {
    const path = join(folder, 'in', `${i}.json`);
    writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    utimesSync(path, 1_000_000 + i * 10, 1_000_000 + i * 10);
  });
  const aggregates = [F.count('*').as('c'), F.sum('n'), F.avg('n'), F.max('n'), F.min('n')] as const;
  counts = await run('counts', (input) => input.groupBy('action').agg(...aggregates), 'update');
  const timed: Build = (input) => input.withWatermark('time', '10 seconds');
  const byWindow: Build = (input) => timed(input).groupBy(F.window('time', '10 seconds'), 'action').count();
  windows = await run('windows', byWindow, 'append');
}, 60_000);

afterAll(async () => {
  await session.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('format statestore', () => {
  it('gives the state after the last batch as Spark does', async () => {
    const rows = state(counts);
    expect(await rowsOf(rows)).toEqual([
      '{"key":{"action":"a"},"value":{"count":3,"sum":9,"sum":9.0,"count":3,"max":5,"min":1},"partition_id":0}',
      '{"key":{"action":"b"},"value":{"count":1,"sum":2,"sum":2.0,"count":1,"max":2,"min":2},"partition_id":1}',
      '{"key":{"action":"c"},"value":{"count":1,"sum":4,"sum":4.0,"count":1,"max":4,"min":4},"partition_id":2}',
      '{"key":{},"value":{"count":1,"sum":7,"sum":7.0,"count":1,"max":7,"min":7},"partition_id":2}',
    ]);
  });

  it('gives the state after an earlier batch', async () => {
    expect(await rowsOf(state(counts, { batchId: 0 }))).toEqual([
      '{"key":{"action":"a"},"value":{"count":1,"sum":1,"sum":1.0,"count":1,"max":1,"min":1},"partition_id":0}',
      '{"key":{"action":"b"},"value":{"count":1,"sum":2,"sum":2.0,"count":1,"max":2,"min":2},"partition_id":1}',
      '{"key":{},"value":{"count":1,"sum":7,"sum":7.0,"count":1,"max":7,"min":7},"partition_id":2}',
    ]);
  });

  it('gives one partition of a batch, beginning with an earlier one', async () => {
    const options = { snapshotStartBatchId: 0, snapshotPartitionId: 2 };
    expect(await rowsOf(state(counts, options).selectExpr('key.action AS action', 'partition_id'))).toEqual([
      '{"action":"c","partition_id":2}',
      '{"partition_id":2}',
    ]);
  });

  it('gives windows, whose closed ones are gone', async () => {
    expect(await rowsOf(state(windows))).toEqual([
      '{"key":{"window":{"start":"2026-01-01T10:01:10.000Z","end":"2026-01-01T10:01:20.000Z"},"action":"a"},"value":{"count":1},"partition_id":2}',
      '{"key":{"window":{"start":"2026-01-01T10:01:10.000Z","end":"2026-01-01T10:01:20.000Z"},"action":"c"},"value":{"count":1},"partition_id":3}',
    ]);
  });

  it('gives what each batch changed', async () => {
    expect(await rowsOf(state(counts, { readChangeFeed: true, changeStartBatchId: 1 }))).toEqual([
      '{"batch_id":1,"change_type":"update","key":{"action":"a"},"value":{"count":2,"sum":4,"sum":4.0,"count":2,"max":3,"min":1},"partition_id":0}',
      '{"batch_id":2,"change_type":"update","key":{"action":"a"},"value":{"count":3,"sum":9,"sum":9.0,"count":3,"max":5,"min":1},"partition_id":0}',
      '{"batch_id":2,"change_type":"update","key":{"action":"c"},"value":{"count":1,"sum":4,"sum":4.0,"count":1,"max":4,"min":4},"partition_id":2}',
    ]);
    expect(await rowsOf(state(windows, { readChangeFeed: true, changeStartBatchId: 2 }))).toEqual([
      '{"batch_id":2,"change_type":"update","key":{"window":{"start":"2026-01-01T10:01:10.000Z","end":"2026-01-01T10:01:20.000Z"},"action":"a"},"value":{"count":1},"partition_id":2}',
      '{"batch_id":2,"change_type":"update","key":{"window":{"start":"2026-01-01T10:01:10.000Z","end":"2026-01-01T10:01:20.000Z"},"action":"c"},"value":{"count":1},"partition_id":3}',
      '{"batch_id":3,"change_type":"delete","key":{"window":{"start":"2026-01-01T10:00:00.000Z","end":"2026-01-01T10:00:10.000Z"},"action":"a"},"partition_id":2}',
      '{"batch_id":3,"change_type":"delete","key":{"window":{"start":"2026-01-01T10:00:00.000Z","end":"2026-01-01T10:00:10.000Z"},"action":"b"},"partition_id":2}',
      '{"batch_id":3,"change_type":"delete","key":{"window":{"start":"2026-01-01T10:00:00.000Z","end":"2026-01-01T10:00:10.000Z"}},"partition_id":3}',
      '{"batch_id":3,"change_type":"delete","key":{"window":{"start":"2026-01-01T10:00:10.000Z","end":"2026-01-01T10:00:20.000Z"},"action":"a"},"partition_id":3}',
    ]);
  });

  it('shows other operators as Spark does', async () => {
    const distinct = await run('distinct', (input) => input.dropDuplicates(['action']), 'append');
    expect((await rowsOf(state(distinct)))[0]).toBe('{"key":{"action":"a"},"value":{},"partition_id":0}');
    const within: Build = (input) =>
      input.withWatermark('time', '10 seconds').dropDuplicatesWithinWatermark(['action']);
    expect(await rowsOf(state(await run('within', within, 'append')))).toEqual([
      '{"key":{"action":"c"},"value":{"expiresAtMicros":1767261683000000},"partition_id":2}',
    ]);
    const total = await run('total', (input) => input.agg(F.count('*')), 'update');
    expect(await rowsOf(state(total))).toEqual(['{"key":{},"value":{"count":6},"partition_id":0}']);
  });

  it('reads beside the query that writes the checkpoint', async () => {
    const input = session.memoryStream('action STRING');
    const checkpoint = join(folder, 'running');
    const writer = input.toDF().groupBy('action').count().writeStream.format('noop').outputMode('update');
    const query = await writer.option('checkpointLocation', checkpoint).start();
    for (const expected of [1, 2, 3]) {
      input.addData({ action: 'a' });
      await query.processAllAvailable();
      expect(await rowsOf(state(checkpoint).selectExpr('value.count AS n'))).toEqual([`{"n":${expected}}`]);
    }
    expect(query.isActive).toBe(true);
    await query.stop();
  });

  it("refuses what Spark refuses, with Spark's conditions", async () => {
    const stateless = await run('stateless', (input) => input.filter('n > 1'), 'append');
    const refused = async (checkpoint: string | undefined, options: Options = {}): Promise<unknown> => {
      try {
        await state(checkpoint, options).collect();
        return 'nothing';
      } catch (error) {
        const { condition, parameters } = error as { condition: string; parameters: Record<string, string> };
        return [condition, parameters['optionName'] ?? parameters['options'] ?? ''];
      }
    };
    const feed = { readChangeFeed: true, changeStartBatchId: 0 };
    const cases: readonly (readonly [unknown, Options, readonly [string, string]])[] = [
      [counts, { batchId: 9 }, ['STDS_COMMITTED_BATCH_UNAVAILABLE', '']],
      [counts, { batchId: -1 }, ['STDS_INVALID_OPTION_VALUE.IS_NEGATIVE', 'batchId']],
      [counts, { operatorId: -1 }, ['STDS_INVALID_OPTION_VALUE.IS_NEGATIVE', 'operatorId']],
      [counts, { operatorId: 5 }, ['STDS_FAILED_TO_READ_STATE_SCHEMA', '']],
      [counts, { storeName: '' }, ['STDS_INVALID_OPTION_VALUE.IS_EMPTY', 'storeName']],
      [counts, { storeName: 'x' }, ['STDS_INVALID_OPTION_VALUE.WITH_MESSAGE', 'stateVarName']],
      [counts, { stateVarName: 'x' }, ['STDS_INVALID_OPTION_VALUE.WITH_MESSAGE', 'stateVarName']],
      [counts, { readRegisteredTimers: true }, ['STDS_INVALID_OPTION_VALUE.WITH_MESSAGE', 'readRegisteredTimers']],
      [counts, { joinSide: 'middle' }, ['STDS_INVALID_OPTION_VALUE.WITH_MESSAGE', 'joinSide']],
      [counts, { joinSide: 'left' }, ['STDS_FAILED_TO_READ_STATE_SCHEMA', '']],
      [counts, { joinSide: 'left', storeName: 'x' }, ['STDS_CONFLICT_OPTIONS', "['joinSide', 'storeName']"]],
      [counts, { readChangeFeed: true }, ['STDS_REQUIRED_OPTION_UNSPECIFIED', 'changeStartBatchId']],
      [counts, { ...feed, changeStartBatchId: -1 }, ['STDS_INVALID_OPTION_VALUE.IS_NEGATIVE', 'changeStartBatchId']],
      [
        counts,
        { ...feed, changeStartBatchId: 2, changeEndBatchId: 1 },
        ['STDS_INVALID_OPTION_VALUE.WITH_MESSAGE', 'changeEndBatchId'],
      ],
      [counts, { ...feed, changeEndBatchId: 9 }, ['STDS_COMMITTED_BATCH_UNAVAILABLE', '']],
      [counts, { ...feed, batchId: 1 }, ['STDS_CONFLICT_OPTIONS', "['batchId', 'readChangeFeed']"]],
      [counts, { changeStartBatchId: 0 }, ['STDS_INVALID_OPTION_VALUE.WITH_MESSAGE', 'changeStartBatchId']],
      [counts, { snapshotStartBatchId: 0 }, ['STDS_REQUIRED_OPTION_UNSPECIFIED', 'snapshotPartitionId']],
      [counts, { snapshotPartitionId: 0 }, ['STDS_REQUIRED_OPTION_UNSPECIFIED', 'snapshotStartBatchId']],
      [
        counts,
        { snapshotStartBatchId: 2, snapshotPartitionId: 0, batchId: 1 },
        ['STDS_INVALID_OPTION_VALUE.WITH_MESSAGE', 'snapshotStartBatchId'],
      ],
      [
        counts,
        { readRegisteredTimers: true, stateVarName: 'x' },
        ['STDS_CONFLICT_OPTIONS', "['readRegisteredTimers', 'stateVarName']"],
      ],
      [
        counts,
        { flattenCollectionTypes: 'maybe' },
        ['STDS_INVALID_OPTION_VALUE.WITH_MESSAGE', 'flattenCollectionTypes'],
      ],
      [stateless, {}, ['STDS_FAILED_TO_READ_STATE_SCHEMA', '']],
      [join(folder, 'nowhere'), {}, ['STDS_COMMITTED_BATCH_UNAVAILABLE', '']],
      [undefined, {}, ['STDS_REQUIRED_OPTION_UNSPECIFIED', 'path']],
    ];
    for (const [checkpoint, options, expected] of cases)
      expect(await refused(checkpoint as string | undefined, options), JSON.stringify(options)).toEqual(expected);
  });
});

describe('format state-metadata', () => {
  it('lists the stores with the batches that can be read', async () => {
    const metadata = (checkpoint: string): DataFrame =>
      session.read.format('state-metadata').load(checkpoint) as DataFrame<unknown> as DataFrame;
    expect(await rowsOf(metadata(counts).drop('operatorProperties'))).toEqual([
      '{"operatorId":0,"operatorName":"stateStoreSave","stateStoreName":"default","numPartitions":5,"minBatchId":0,"maxBatchId":2}',
    ]);
    expect(await rowsOf(metadata(windows).select('operatorName', 'maxBatchId'))).toEqual([
      '{"operatorName":"stateStoreSave","maxBatchId":3}',
    ]);
    expect(await rowsOf(metadata(join(folder, 'nowhere')))).toEqual([]);
  });
});
