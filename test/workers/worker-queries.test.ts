/**
 * Queries on two or more worker threads: the same answers as on one, also after a thread was lost, after the number of threads changed,
 * and when rows are read on the coordinator and kept by the workers. test/spark runs every golden query on two threads besides.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ApiEnvironment } from '../../src/api/session-context.ts';
import type { DataFrame } from '../../src/index.ts';
import { createEnvironment, systemParts } from '../../src/api/default-environment.ts';
import { present } from '../../src/errors/assert.ts';
import { MillraceError, MillraceSession, StatefulProcessor, Trigger, functions as F } from '../../src/index.ts';

// Starting threads takes long on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const SCHEMA = 'time TIMESTAMP, key STRING, value BIGINT';
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'worker-queries-'));
  mkdirSync(join(folder, 'in'));
  for (let file = 0; file < 6; file++) writeFileSync(join(folder, 'in', `${file}.json`), linesOfFile(file));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** 200 rows a file over 40 keys and some windows, the same always. */
function linesOfFile(file: number): string {
  const lines = Array.from({ length: 200 }, (_, row) => {
    const time = new Date(Date.UTC(2026, 0, 1, 0, file, row % 60)).toISOString();
    return JSON.stringify({ time, key: `key-${(row * 7 + file) % 40}`, value: row * 3 + file });
  });
  return `${lines.join('\n')}\n`;
}

/** One set of threads for most tests of this file. */
const shared = quiet();
const pool = present(shared.workers, 'ordinary sessions have workers');
const sharedEnvironment = { ...shared, workers: { ...pool, close: () => Promise.resolve() } };
afterAll(() => pool.close());

function newSession(
  numWorkers: number,
  settings: Record<string, string> = {},
  environment: ApiEnvironment = sharedEnvironment,
): MillraceSession {
  const builder = MillraceSession.builder().master(`local[${numWorkers}]`).environment(environment);
  return Object.entries({ 'millrace.workers': 'always', ...settings })
    .reduce((b, [key, value]) => b.config(key, value), builder)
    .create();
}

function quiet(): ApiEnvironment {
  const parts = systemParts();
  const clock = { ...parts.clock, sleep: () => Promise.resolve() };
  return createEnvironment({ ...parts, clock, printError: () => undefined });
}

/** Windowed counts of the files, some a batch, into a memory table; the rows of all batches, sorted. */
async function runFiles(
  session: MillraceSession,
  checkpoint: string,
  options: {
    readonly path?: string;
    readonly filesPerTrigger?: number;
    readonly afterBatch?: (batchId: number) => Promise<void>;
  } = {},
): Promise<string[]> {
  const rows: string[] = [];
  const { path = join(folder, 'in'), filesPerTrigger = 2 } = options;
  const query = await session.readStream
    .schema(SCHEMA)
    .option('maxFilesPerTrigger', filesPerTrigger)
    .json(path)
    .withWatermark('time', '30 seconds')
    .groupBy('key', F.window('time', '1 minute'))
    .agg(F.count('*').alias('n'), F.sum('value').alias('total'), F.max('value').alias('most'))
    .writeStream.outputMode('append')
    .option('checkpointLocation', checkpoint)
    .trigger(Trigger.AvailableNow())
    .foreachBatch(async (batch, batchId) => {
      rows.push(...(await batch.toJSON().collect()));
      await options.afterBatch?.(Number(batchId));
    })
    .start();
  await query.awaitTermination();
  return rows.toSorted();
}

async function answerOnOneThread(): Promise<string[]> {
  const session = newSession(1);
  const rows = await runFiles(session, join(folder, `checkpoint-one-${crypto.randomUUID()}`));
  await session.stop();
  return rows;
}

describe('a query over files', () => {
  it.each([2, 3, 5])('gives the same rows on %i threads as on one', async (numWorkers) => {
    const session = newSession(numWorkers);
    const rows = await runFiles(session, join(folder, `checkpoint-${numWorkers}`));
    await session.stop();
    expect(rows.length).toBeGreaterThan(100);
    expect(rows).toEqual(await answerOnOneThread());
  });

  it('goes on with another number of threads from the same checkpoint', async () => {
    const input = join(folder, 'growing');
    const checkpoint = join(folder, 'checkpoint-rescaled');
    mkdirSync(input);
    const rows: string[] = [];
    for (const [step, numWorkers] of [1, 2, 4, 1, 3, 1].entries()) {
      writeFileSync(join(input, `${step}.json`), linesOfFile(step));
      const session = newSession(numWorkers);
      rows.push(...(await runFiles(session, checkpoint, { path: input, filesPerTrigger: 1 })));
      await session.stop();
    }
    const session = newSession(1);
    const expected = await runFiles(session, join(folder, 'checkpoint-unscaled'), { filesPerTrigger: 1 });
    await session.stop();
    expect(rows.toSorted()).toEqual(expected);
  });

  it('starts threads with the first batch that is worth it; they take the state over', async () => {
    const input = join(folder, 'small-then-large');
    mkdirSync(input);
    const environment = quiet();
    const ownPool = present(environment.workers, 'ordinary sessions have workers');
    const numAsked: number[] = [];
    const threads = (numWorkers: number): ReturnType<typeof ownPool.threads> => {
      numAsked.push(numWorkers);
      return ownPool.threads(numWorkers);
    };
    const counted = { ...environment, workers: { ...ownPool, threads } };
    const session = newSession(2, { 'millrace.workers': 'auto', 'millrace.workers.minBytes': '20000' }, counted);
    const askedAfter: number[] = [];
    for (let file = 0; file < 6; file++)
      writeFileSync(join(input, `${file}.json`), linesOfFile(file) + ' \n'.repeat(file === 2 ? 5000 : 0));
    const options = {
      path: input,
      filesPerTrigger: 1,
      afterBatch: async (): Promise<void> => void askedAfter.push(numAsked.length),
    };
    const rows = await runFiles(session, join(folder, 'checkpoint-lazy'), options);
    await session.stop();
    expect(askedAfter.slice(0, 4)).toEqual([0, 0, 1, 1]);
    const one = newSession(1);
    expect(rows).toEqual(await runFiles(one, join(folder, 'checkpoint-not-lazy'), { path: input, filesPerTrigger: 1 }));
    await one.stop();
  });

  it('reports rows, watermark and state as on one thread', async () => {
    const progressOn = async (numWorkers: number): Promise<unknown> => {
      const session = newSession(numWorkers);
      const query = await session.readStream
        .schema(SCHEMA)
        .option('maxFilesPerTrigger', 2)
        .json(join(folder, 'in'))
        .withWatermark('time', '30 seconds')
        .groupBy('key', F.window('time', '1 minute'))
        .count()
        .writeStream.outputMode('update')
        .format('noop')
        .trigger(Trigger.AvailableNow())
        .start();
      await query.awaitTermination();
      await session.stop();
      return query.recentProgress.map(({ numInputRows, eventTime, stateOperators }) => ({
        numInputRows,
        eventTime,
        states: stateOperators.map(({ numRowsTotal, numRowsUpdated, numRowsRemoved, numRowsDroppedByWatermark }) => [
          numRowsTotal,
          numRowsUpdated,
          numRowsRemoved,
          numRowsDroppedByWatermark,
        ]),
      }));
    };
    expect(await progressOn(2)).toEqual(await progressOn(1));
  });

  it('ends with the error of the thread it happened on, cause and parameters included', async () => {
    const input = join(folder, 'damaged');
    mkdirSync(input);
    writeFileSync(join(input, '0.json'), '{"value":1}\n{"value":\n');
    const failure = async (numWorkers: number): Promise<unknown> => {
      const session = newSession(numWorkers);
      try {
        await session.read.schema('value INT').option('mode', 'FAILFAST').json(input).collect();
        return undefined;
      } catch (error) {
        return error;
      } finally {
        await session.stop();
      }
    };
    const [one, two] = [await failure(1), await failure(2)];
    expect(two).toBeInstanceOf(MillraceError);
    const { condition, parameters, message, hint } = one as MillraceError;
    expect(two).toMatchObject({ condition, parameters, message, hint });
  });
});

describe('a lost thread', () => {
  it('is replaced and its batch is run again from the committed state', async () => {
    const environment = quiet();
    const ownPool = present(environment.workers, 'ordinary sessions have workers');
    const session = newSession(2, {}, environment);
    const rows = await runFiles(session, join(folder, 'checkpoint-lost'), {
      // The threads end by themselves between two batches, state and all.
      afterBatch: (batchId) => (batchId === 0 ? ownPool.close() : Promise.resolve()),
    });
    await session.stop();
    expect(rows).toEqual(await answerOnOneThread());
  });

  it('ends a batch job with a typed error; the next one has new threads', async () => {
    const environment = quiet();
    const ownPool = present(environment.workers, 'ordinary sessions have workers');
    const session = newSession(2, {}, environment);
    const counts = session.read.schema(SCHEMA).json(join(folder, 'in')).groupBy('key').count();
    // Nothing the entry program knows: it fails, and its thread with it.
    for (const thread of ownPool.threads(2).slice(1)) thread.post('no query', []);
    await expect(counts.collect()).rejects.toMatchObject({ condition: 'WORKER_LOST', retry: 'backoff' });
    expect(await counts.count()).toBe(40n);
    await session.stop();
  });
});

describe('rows read on the coordinator', () => {
  async function overMemory(
    numWorkers: number,
    build: (df: DataFrame) => DataFrame,
  ): Promise<{ readonly rows: string[]; readonly plan: string }> {
    const session = newSession(numWorkers);
    const input = session.memoryStream('key STRING, value BIGINT, tags ARRAY<STRING>, at STRUCT<x: INT, y: DOUBLE>');
    const rows: string[] = [];
    const query = await build(input.toDF())
      .writeStream.outputMode('update')
      .foreachBatch(async (batch) => {
        rows.push(...(await batch.toJSON().collect()));
      })
      .start();
    for (let batch = 0; batch < 3; batch++) {
      for (let row = 0; row < 50; row++) {
        const key = row % 11 === 0 ? null : `k${row % 7}`;
        input.addData([
          key,
          BigInt(row * batch),
          row % 3 === 0 ? null : ['a', null, `t${row % 4}`],
          { x: row, y: 0.5 },
        ]);
      }
      await query.processAllAvailable();
    }
    const plan = query.explain();
    await query.stop();
    await session.stop();
    return { rows: rows.toSorted(), plan };
  }

  it('are kept by the workers that own their keys', async () => {
    const build = (df: DataFrame): DataFrame =>
      df.groupBy('key').agg(F.count('*').alias('n'), F.sum('value').alias('total'), F.min('tags').alias('tags'));
    const { rows, plan } = await overMemory(3, build);
    expect(plan).toContain('Exchange hashpartitioning(key, 3)');
    expect(rows.length).toBeGreaterThan(10);
    expect(rows).toEqual((await overMemory(1, build)).rows);
  });

  it('come back with all their columns', async () => {
    const build = (df: DataFrame): DataFrame => df.dropDuplicates(['key', 'value']);
    const { rows, plan } = await overMemory(2, build);
    expect(plan).toContain('Exchange hashpartitioning(key, value, 2)');
    expect(rows).toEqual((await overMemory(1, build)).rows);
  });
});

class Count extends StatefulProcessor<
  { key: string | null },
  { key: string | null },
  { key: string | null; n: bigint }
> {
  readonly count = this.handle.getValueState('count', 'BIGINT');

  *handleInputRows(key: { key: string | null }, rows: Iterable<unknown>): Generator<{ key: string | null; n: bigint }> {
    const n = (this.count.get() ?? 0n) + BigInt([...rows].length);
    this.count.update(n);
    yield { key: key.key, n };
  }
}

describe('functions of the user', () => {
  const files = (session: MillraceSession): DataFrame<{ key: string | null; value: bigint | null }> =>
    session.readStream.schema('key STRING, value BIGINT').json(join(folder, 'in'));
  const builds: readonly (readonly [string, (session: MillraceSession) => DataFrame, string])[] = [
    [
      'over rows',
      (session) =>
        files(session)
          .where(F.col('value').gt(300))
          .map(
            (row) => ({ name: row.key?.toUpperCase() ?? '', twice: (row.value ?? 0n) * 2n }),
            'name STRING, twice BIGINT',
          )
          .groupBy('name')
          .agg(F.sum('twice').alias('total')),
      'Exchange to the coordinator:',
    ],
    [
      'with state of groups',
      (session) =>
        files(session)
          .where(F.col('value').gt(300))
          .groupByKey('key')
          .mapGroupsWithState({ state: 'BIGINT', output: 'key STRING, n BIGINT' }, (key, rows, state) => {
            const n = (state.getOption() ?? 0n) + BigInt([...rows].length);
            state.update(n);
            return { key: key.key, n };
          }),
      'Exchange to the coordinator:',
    ],
    [
      'of a processor',
      (session) =>
        files(session)
          .groupByKey('key')
          .transformWithState(Count, { output: 'key STRING, n BIGINT', outputMode: 'update' }),
      'Runs in one thread: a function of the user is needed to plan the query.',
    ],
  ];

  it.each(builds)('%s stay on their thread', async (_, build, text) => {
    const rowsOn = async (numWorkers: number): Promise<string[]> => {
      const session = newSession(numWorkers);
      const rows: string[] = [];
      const df = build(session);
      if (numWorkers > 1) expect(df.explainString()).toContain(text);
      const query = await df.writeStream
        .outputMode('update')
        .trigger(Trigger.AvailableNow())
        .foreachBatch(async (batch) => {
          rows.push(...(await batch.toJSON().collect()));
        })
        .start();
      await query.awaitTermination();
      await session.stop();
      return rows.toSorted();
    };
    const rows = await rowsOn(2);
    expect(rows).toHaveLength(40);
    expect(rows).toEqual(await rowsOn(1));
  });
});

describe('explain', () => {
  it('says what runs where and why', async () => {
    const session = newSession(2, { 'millrace.workers': 'auto' });
    const files = session.readStream.schema(SCHEMA).json(join(folder, 'in'));
    const grouped = files.groupBy('key').count().explainString();
    expect(grouped).toMatch(/Exchange to the coordinator: the sink is there\n\+- WorkerStage 2 threads/);
    expect(grouped).toContain('Exchange hashpartitioning(key, 2)');
    expect(grouped).toContain('PartialAggregate');
    const random = files.select(F.rand()).explainString();
    expect(random).toContain('Exchange to the coordinator: a function gives every row a value of its own');
    const memory = session.memoryStream('a INT').toDF().groupBy('a').count().explainString();
    expect(memory).toContain('Runs in one thread: no source of the query can be read on a worker thread.');
    await session.stop();
  });
});

it('a stopped session leaves no thread behind', async () => {
  const environment = quiet();
  const session = newSession(2, {}, environment);
  const threads = present(environment.workers, 'ordinary sessions have workers').threads(3).slice(1);
  const ended = threads.map((thread) => new Promise<string>((resolve) => thread.onLost((e) => resolve(e.condition))));
  expect(await session.read.schema(SCHEMA).json(join(folder, 'in')).count()).toBe(1200n);
  await session.stop();
  expect(await Promise.all(ended)).toEqual(['WORKER_LOST', 'WORKER_LOST']);
});
