/**
 * The 46 traps of event-time semantics, each with the tests that spring it: a golden query of PySpark (`test/spark/answers`), or a test by
 * file and name. The table is checked: every trap has a test, and every test is there.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Trigger, functions as F } from '../../src/index.ts';
import type { DataFrame } from '../../src/index.ts';
import {
  addData,
  checkAnswer,
  checkState,
  createTestSession,
  processAllAvailable,
  testStream,
} from '../../src/testing/index.ts';

const ROOT = join(import.meta.dirname, '../..');

/** What springs a trap: `name` of a golden query, or `[file below test/, name of a test in it]`. */
type Spring = string | readonly [file: string, name: string];

const TRAPS: Readonly<Record<number, readonly Spring[]>> = {
  1: [
    'watermark-same-batch',
    'watermark-never-goes-back',
    ['windows/watermark.test.ts', 'the watermark is the largest event time minus the delay and never goes back'],
  ],
  2: ['watermark-chained-aggregations', 'watermark-late-append'],
  3: ['watermark-exact-end', 'watermark-one-ms-before-end'],
  4: ['watermark-starts-at-zero', 'watermark-starts-at-zero-update'],
  5: ['watermark-micros-floored', 'watermark-delay-month', 'refused-watermark-negative'],
  6: ['watermark-min-of-union', ['windows/watermark.test.ts', 'after a restart only the global value is known']],
  7: ['watermark-filter-conjuncts', 'watermark-filter-on-time', 'watermark-filter-not-on-time'],
  8: ['window-null-time', 'window-null-time-watermark'],
  9: [
    'window-tumbling-append',
    ['engine/streaming-aggregation.test.ts', 'append mode puts out a window once, when the watermark reaches its end'],
  ],
  10: ['watermark-late-update', 'watermark-other-keys-update'],
  11: ['watermark-late-complete'],
  12: ['watermark-late-append', 'watermark-state-metrics'],
  13: [
    'watermark-no-data-batch',
    'watermark-no-data-off',
    ['engine/groups-with-state.test.ts', 'times out by the clock without new rows, once'],
  ],
  14: [['engine/transform-with-state.test.ts', 'that register timers do not keep AvailableNow alive']],
  15: [
    'session-exact-gap',
    'session-late-own-window',
    ['engine/session-windows.test.ts', 'trap 15: events exactly one gap apart are one session'],
  ],
  16: [
    'session-bridge',
    ['engine/session-windows.test.ts', 'trap 16: a late row that joins two stored sessions leaves one in the state'],
  ],
  17: ['window-before-1970-sliding', 'window-sliding-non-divisible'],
  18: ['window-one-day-utc-aligned', 'window-one-week', 'watermark-day-window-zone', 'refused-window-month'],
  19: ['window-time-function', 'session-window-time'],
  20: ['watermark-chained-aggregations', 'session-then-window'],
  21: ['join-left-edges'],
  22: [
    [
      'engine/traps.test.ts',
      'trap 22: a left row that fails its own part of the condition comes out at once and is not stored',
    ],
  ],
  23: ['join-inner-range', 'join-inner-edges'],
  24: [['engine/traps.test.ts', 'trap 24: a left semi join puts out a row once and does not store a matched one']],
  25: ['join-inner-nulls'],
  26: ['op-dedup-key-only', 'op-dedup-with-time', 'op-dedup-within-watermark'],
  27: [
    [
      'engine/groups-with-state.test.ts',
      'times out by event time when the watermark is past the timeout, after the rows of the batch',
    ],
    [
      'engine/transform-with-state.test.ts',
      'of event time fire when the watermark reaches them, after all rows, and drop late rows',
    ],
  ],
  28: [
    [
      'engine/transform-with-state-mistakes.test.ts',
      'when it puts out rows older than the watermark into a column that later operators count by',
    ],
  ],
  29: ['fn-current-timestamp-constant'],
  30: [
    [
      '../src/testing/source-contract.ts',
      'a logged range gives exactly the same rows after a restart, before any latestOffset',
    ],
  ],
  31: [
    [
      'engine/traps.test.ts',
      'trap 31: the watermark policy is that of the checkpoint, whatever the setting is at the restart',
    ],
  ],
  32: [
    [
      'engine/streaming-aggregation.test.ts',
      'AvailableNow takes what is there at the start, flushes the watermark and ends',
    ],
  ],
  33: [['engine/streaming-aggregation.test.ts', 'a processing-time trigger runs on multiples of its interval']],
  34: [['source/file/file-source.test.ts', 'a rewritten file is not read again']],
  35: [
    ['source/kafka/kafka-options.test.ts', 'default to latest for streams and to all there is for batches'],
    [
      'source/kafka/kafka-source.kafka.test.ts',
      'latest is settled when the query first starts and stays over a restart without a batch',
    ],
    ['source/kafka/kafka-source.kafka.test.ts', 'partitions that are added are read from their beginning'],
    ['source/kafka/kafka-source.kafka.test.ts', 'records deleted before they were read are an error'],
    ['source/kafka/kafka-source.kafka.test.ts', 'joins no consumer group and commits no offset'],
    ['sinks/kafka/kafka-sink.kafka.test.ts', 'binary and string columns, headers, partitions and topics of rows'],
  ],
  36: [['source/kinesis/shard-lineage.test.ts', 'a merge child waits for both parents']],
  37: [
    'input-malformed-permissive',
    'input-malformed-dropmalformed',
    'input-malformed-failfast',
    'input-corrupt-record',
  ],
  38: ['input-string', 'input-long', 'input-lenient-defaults'],
  39: ['agg-long-beyond-2-53', 'agg-decimal-wide', 'fn-long-exact'],
  40: ['input-timestamp', 'input-timestamp-new-york', 'window-microseconds'],
  41: ['agg-nan', 'agg-negative-zero', 'agg-null-keys', 'fn-comparison-nan'],
  42: ['agg-count-kinds', 'agg-global-empty'],
  43: ['fn-int-overflow', 'fn-divide-by-zero', 'fn-division', 'fn-modulo', 'fn-cast-bad-int'],
  44: ['agg-unicode-order', 'fn-substring', 'fn-strings'],
  45: [
    [
      'engine/traps.test.ts',
      'trap 45: rates that are no numbers are left out of the progress, and event times without a watermark',
    ],
  ],
  46: ['refused-count-distinct', 'refused-limit-update', 'refused-order-by-append', 'refused-two-windows'],
};

test('every trap has a test', () => {
  const numbers = Array.from({ length: 46 }, (_, i) => i + 1);
  expect(numbers.filter((number) => TRAPS[number] === undefined)).toEqual([]);
});

test.each(Object.entries(TRAPS))('the tests of trap %s are there', (_number, springs) => {
  const missing = springs.filter((spring) => {
    if (typeof spring === 'string') return !existsSync(join(ROOT, 'test/spark/answers', `${spring}.json`));
    const [file, name] = spring;
    const path = join(ROOT, 'test', file);
    return !existsSync(path) || !readFileSync(path, 'utf8').includes(name);
  });
  expect(missing).toEqual([]);
});

test('trap 31: the watermark policy is that of the checkpoint, whatever the setting is at the restart', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-traps-'));
  const session = createTestSession({}, { 'spark.sql.streaming.multipleWatermarkPolicy': 'max' });
  const [fast, slow] = [session.memoryStream('time TIMESTAMP'), session.memoryStream('time TIMESTAMP')];
  const both = fast.toDF().withWatermark('time', '0 seconds').union(slow.toDF().withWatermark('time', '0 seconds'));
  const watermarkAfter = async (time: string): Promise<string | undefined> => {
    const query = await both.writeStream.format('noop').option('checkpointLocation', folder).start();
    fast.addData([time]);
    await query.processAllAvailable();
    fast.addData([time]);
    await query.processAllAvailable();
    await query.stop();
    return query.lastProgress?.eventTime['watermark'];
  };
  try {
    expect(await watermarkAfter('2026-01-01T00:00:00Z')).toBe('2026-01-01T00:00:00.000Z');
    session.conf.set('spark.sql.streaming.multipleWatermarkPolicy', 'min');
    expect(await watermarkAfter('2026-01-02T00:00:00Z')).toBe('2026-01-02T00:00:00.000Z');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('trap 45: rates that are no numbers are left out of the progress, and event times without a watermark', async () => {
  const input = createTestSession().memoryStream('n INT');
  input.addData([1]);
  const query = await input.toDF().writeStream.format('noop').trigger(Trigger.AvailableNow()).start();
  await query.awaitTermination();
  const [progress] = query.recentProgress;
  // The first batch has no batch before it: its rows are divided by an infinite time, as in Spark.
  expect(progress?.inputRowsPerSecond).toBe(0);
  expect(progress?.eventTime).toEqual({});
  expect(progress?.name).toBeNull();
  expect(JSON.stringify(progress)).not.toMatch(/NaN|Infinity|null,"numInputRows/);
});

/** Two streams with watermarks, joined on their key and a range of times. */
function joined(how: 'left' | 'leftsemi', condition = 'true') {
  const session = createTestSession();
  const left = session.memoryStream('lk STRING, lt TIMESTAMP, lv INT');
  const right = session.memoryStream('rk STRING, rt TIMESTAMP');
  const on = F.expr(`lk = rk AND rt >= lt AND rt <= lt + INTERVAL 10 SECONDS AND ${condition}`);
  const frame: DataFrame = left
    .toDF()
    .withWatermark('lt', '1 hour')
    .join(right.toDF().withWatermark('rt', '1 hour'), on, how);
  return { left, right, frame };
}

test('trap 22: a left row that fails its own part of the condition comes out at once and is not stored', async () => {
  const { left, frame } = joined('left', 'lv > 5');
  await testStream(
    frame,
    'append',
    addData(left, ['a', '2026-01-01T00:00:00Z', 1], ['b', '2026-01-01T00:00:00Z', 9]),
    checkAnswer(['a', '2026-01-01T00:00:00Z', 1, null, null]),
    checkState({ numRowsTotal: 1 }),
  );
});

test('trap 24: a left semi join puts out a row once and does not store a matched one', async () => {
  const { left, right, frame } = joined('leftsemi');
  await testStream(
    frame,
    'append',
    addData(right, ['a', '2026-01-01T00:00:05Z'], ['a', '2026-01-01T00:00:06Z']),
    processAllAvailable(),
    addData(left, ['a', '2026-01-01T00:00:00Z', 1]),
    checkAnswer(['a', '2026-01-01T00:00:00Z', 1]),
    checkState({ numRowsTotal: 2 }),
    addData(right, ['a', '2026-01-01T00:00:07Z']),
    checkAnswer(['a', '2026-01-01T00:00:00Z', 1]),
  );
});
