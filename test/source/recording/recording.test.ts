/** Recordings: the file, scrubbing, replays that give the same rows at the same times, what crashes leave, the commands. */
import { execFile } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { functions as F, MillraceSession, Trigger, type DataFrame } from '../../../src/index.ts';
import { valueFromJson, valueToJson } from '../../../src/source/recording/recorded-value.ts';
import { indexRecording } from '../../../src/source/recording/recording-file.ts';
import { recordingSourceProvider } from '../../../src/source/recording/recording-source.ts';
import {
  createReplaySession,
  createTestSession,
  ManualClock,
  recordStream,
  replayStream,
} from '../../../src/testing/index.ts';
import {
  array,
  BINARY,
  decimal,
  DOUBLE,
  field,
  INTEGER,
  LONG,
  map,
  STRING,
  struct,
} from '../../../src/types/data-type.ts';
import type { Value } from '../../../src/types/vector.ts';
import { sourceContext } from '../../contract/source-contract.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'millrace-recording-'));
  file = path.join(folder, 'actions.ndjson');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const SECONDS = 1_767_225_600;
const perMinute = (events: DataFrame): DataFrame =>
  events
    .withWatermark('time', '30 seconds')
    .groupBy(F.window('time', '1 minute'), F.col('action'))
    .agg(F.count('*').as('n'), F.max(F.current_timestamp().cast('string')).as('seen'));

/** The rows of a query over a stream, batch by batch, as JSON. */
async function rowsOf(events: DataFrame): Promise<string[]> {
  const lines: string[] = [];
  const query = await perMinute(events)
    .writeStream.outputMode('update')
    .trigger(Trigger.AvailableNow())
    .foreachBatch(async (batch, batchId) => {
      const rows = await batch.toJSON().collect();
      lines.push(...rows.map((row) => `${batchId} ${row}`).toSorted());
    })
    .start();
  await query.awaitTermination();
  return lines;
}

/** Runs a query over a recorded `rate-micro-batch` and gives its rows. */
async function recordRun(numBatches: number): Promise<string[]> {
  const clock = new ManualClock(SECONDS * 1000);
  const session = createTestSession({ clock });
  const lines: string[] = [];
  const events = session.readStream
    .format('rate-micro-batch')
    .options({ rowsPerBatch: 20, advanceMillisPerBatch: 15_000, startTimestamp: SECONDS * 1000, recordTo: file })
    .load()
    .selectExpr('timestamp AS time', "CASE WHEN value % 3 = 0 THEN 'open' ELSE 'close' END AS action");
  const query = await perMinute(events)
    .writeStream.outputMode('update')
    .trigger(Trigger.ProcessingTime('10 seconds'))
    .foreachBatch(async (batch, batchId) => {
      const rows = await batch.toJSON().collect();
      lines.push(...rows.map((row) => `${batchId} ${row}`).toSorted());
    })
    .start();
  while ((query.lastProgress?.batchId ?? -1) < numBatches - 1) {
    clock.advance('10 seconds');
    await delay(2);
  }
  await query.stop();
  await session.stop();
  return lines;
}

describe('a recording of a running query', () => {
  it(
    'replayed gives the same rows in the same batches at the same times, each time',
    { timeout: 120_000 },
    async () => {
      const original = await recordRun(5);
      expect(original.length).toBeGreaterThan(5);
      const recorded = await indexRecording(file);
      for (let run = 0; run < 4; run++) {
        const session = createReplaySession({ 'spark.master': run < 3 ? 'local[1]' : 'local[2]' });
        const replayed = await rowsOf(
          replayStream(session, file).selectExpr(
            'timestamp AS time',
            "CASE WHEN value % 3 = 0 THEN 'open' ELSE 'close' END AS action",
          ),
        );
        await session.stop();
        const numBatches = recorded.length;
        expect(replayed).toEqual(original.filter((line) => Number(line.split(' ', 1)[0]) < numBatches));
      }
    },
  );

  it('holds all columns, whatever the query reads', async () => {
    await recordRun(3);
    const session = createReplaySession();
    const rows = await session.read.format('recording').load(file).collect();
    await session.stop();
    expect(Object.keys(rows[0] ?? {})).toEqual(['timestamp', 'value']);
    expect(rows.map(({ value }) => value)).toEqual(rows.map((_, i) => BigInt(i)));
  });

  it('goes on after a restart, and a torn end or a batch that was not committed does not count', async () => {
    await recordRun(3);
    const before = (await indexRecording(file)).length;
    appendFileSync(file, '{"batch":9,"start":{"offset":99},"end":{"offset":100},"atMs":1}\n{"partition":0,"rows":[[1');
    expect(await indexRecording(file)).toHaveLength(before);
    truncateSync(file, statSync(file).size - 3);
    await recordRun(3);
    const starts = (await indexRecording(file)).map(({ start }) => JSON.stringify(start));
    expect(new Set(starts).size).toBe(starts.length);
  });
});

describe('recordStream', () => {
  it('takes what is there, scrubs columns and fields of JSON columns, and keeps equal values equal', async () => {
    const input = path.join(folder, 'in');
    const session = MillraceSession.builder().create();
    const rows = [
      { id: 1n, who: 'alice', value: '{"user":"alice","list":[{"key":"k1"}],"n":5}' },
      { id: 2n, who: 'bob', value: '{"user":"bob","list":[],"n":6}' },
      { id: 3n, who: 'alice', value: 'alice, no JSON' },
    ];
    await session.createDataFrame(rows, 'id BIGINT, who STRING, value STRING').write.json(input);
    const reader = session.readStream
      .schema('id BIGINT, who STRING, value STRING')
      .format('json')
      .option('path', input);
    const scrub = ['who', 'value.user', 'value.list.key', 'value.n'];
    expect(await recordStream(reader, file, { scrub })).toEqual({ numRows: 3, numBatches: 1 });
    expect(readFileSync(file, 'utf8')).not.toMatch(/alice|bob|k1/);
    const replayed = await session.read.format('recording').load(file).orderBy('id').collect();
    expect(replayed[0]?.['who']).toBe(replayed[2]?.['who']);
    expect(JSON.parse(String(replayed[0]?.['value']))).toMatchObject({ user: replayed[0]?.['who'], n: null });
    await session.stop();
  });

  it('refuses to scrub a column that is not there', async () => {
    const session = MillraceSession.builder().create();
    const reader = session.readStream.format('rate-micro-batch').option('rowsPerBatch', 1);
    await expect(recordStream(reader, file, { scrub: ['secret'] })).rejects.toMatchObject({
      condition: 'UNKNOWN_OPTION',
    });
    await session.stop();
  });

  it('a place that cannot be written to stops the query with RECORDING_FAILED', async () => {
    const session = createTestSession();
    const reader = session.readStream.format('rate-micro-batch').option('rowsPerBatch', 1);
    const recording = recordStream(reader, path.join(folder, 'no', 'such', 'folder'), { durationMs: 5000 });
    await expect(recording).rejects.toMatchObject({ condition: 'RECORDING_FAILED' });
    await session.stop();
  });
});

describe('values in a recording', () => {
  it.each([
    [LONG, 9_223_372_036_854_775_807n],
    [decimal(38, 10), -12_345_678_901_234_567_890_123_456_789n],
    [DOUBLE, Number.NaN],
    [DOUBLE, -0],
    [DOUBLE, Number.NEGATIVE_INFINITY],
    [BINARY, Uint8Array.from([0, 255, 10])],
    [array(LONG), [1n, null]],
    [
      struct([field('a', INTEGER), field('b', map(STRING, DOUBLE))]),
      [
        7,
        [
          ['k', Number.NaN],
          ['l', null],
        ],
      ],
    ],
  ] as readonly (readonly [Parameters<typeof valueToJson>[1], Value])[])('%j: %s', (type, value) => {
    expect(valueFromJson(JSON.parse(JSON.stringify(valueToJson(value, type))), type)).toEqual(value);
  });
});

describe('a file that is no recording', () => {
  it('is RECORDING_UNREADABLE, as is an offset of another recording', async () => {
    const open = (name: string) =>
      recordingSourceProvider.create(sourceContext({ options: new Map([['path', path.join(folder, name)]]) }));
    expect(() => open('absent')).toThrow(/RECORDING_UNREADABLE/);
    writeFileSync(path.join(folder, 'other'), '{"a":1}\n');
    expect(() => open('other')).toThrow(/RECORDING_UNREADABLE/);
    await recordRun(2);
    const source = open('actions.ndjson');
    await source.open();
    await expect(source.latestOffset({ start: { offset: 77 }, mode: 'default', batchId: 1 })).rejects.toMatchObject({
      condition: 'RECORDING_UNREADABLE',
    });
  });
});

describe('the commands', () => {
  it('record and replay a stream, and say that 5 runs have one hash', { timeout: 120_000 }, async () => {
    const main = path.resolve(import.meta.dirname, '../../../src/cli/main.ts');
    const run = (...args: readonly string[]) => promisify(execFile)(process.execPath, [main, ...args], { cwd: folder });
    writeFileSync(path.join(folder, '1.json'), '{"time":"2026-01-01T10:00:03Z","action":"open"}\n');
    const source = [
      '--format',
      'json',
      '--option',
      `path=${folder}/*.json`,
      '--schema',
      'time TIMESTAMP, action STRING',
    ];
    const recorded = await run('record', ...source, '--out', file);
    expect(recorded.stderr).toContain('1 rows in 1 batches');
    writeFileSync(path.join(folder, 'transform.mjs'), `export default (stream) => stream.groupBy('action').count();\n`);
    const replayed = await run('replay', file, '--program', 'transform.mjs', '--times', '5');
    expect(replayed.stdout).toBe('{"batch":0,"row":{"action":"open","count":1}}\n');
    expect(replayed.stderr).toContain('5 runs, 1 hash');
    const sql = 'SELECT upper(action) AS a FROM recording';
    expect((await run('replay', file, '--sql', sql, '--mode', 'append')).stdout).toBe(
      '{"batch":0,"row":{"a":"OPEN"}}\n',
    );
  });
});
