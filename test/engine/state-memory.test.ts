/** The memory limit of a query's state: what does not fit goes to files, which leave no trace; an error where that cannot be. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { MillraceSession } from '../../src/index.ts';
import type { StreamingQuery, StreamingQueryProgress } from '../../src/index.ts';
import { MemoryBudget } from '../../src/state/memory-budget.ts';
import { StateTable } from '../../src/state/state-table.ts';
import { field, LONG, struct } from '../../src/types/data-type.ts';
import { vectorOf } from '../../src/types/vector-builder.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-state-memory-'));
const session = MillraceSession.builder().appName('state memory').getOrCreate();

afterAll(async () => {
  await session.stop();
  rmSync(folder, { recursive: true, force: true });
});

type StateProgress = StreamingQueryProgress['stateOperators'][number];

/** A count by key whose runs have limits of their own, on one checkpoint. */
function countingQuery(name: string) {
  const input = session.memoryStream('id BIGINT');
  const checkpoint = join(folder, name);
  const start = async (limitMB: number, settings: Record<string, string> = {}): Promise<StreamingQuery> => {
    const all = { ...settings, 'millrace.state.maxMemoryMB': String(limitMB) };
    for (const [key, value] of Object.entries(all)) session.conf.set(key, value);
    try {
      const writer = input.toDF().groupBy('id').count().writeStream.format('noop').outputMode('update');
      return await writer.option('checkpointLocation', checkpoint).start();
    } finally {
      for (const key of Object.keys(all)) session.conf.unset(key);
    }
  };
  const run = async (limitMB: number, settings: Record<string, string> = {}): Promise<StateProgress | undefined> => {
    const query = await start(limitMB, settings);
    try {
      await query.processAllAvailable();
      return query.lastProgress?.stateOperators[0];
    } finally {
      await query.stop();
    }
  };
  const add = (numKeys: number): void =>
    input.addData(...Array.from({ length: numKeys }, (_, i) => ({ id: BigInt(i) })));
  return { add, run, start, checkpoint };
}

function spilledOf(state: StateProgress | undefined): number {
  return state?.customMetrics['spilledBytes'] ?? -1;
}

describe('millrace.state.maxMemoryMB', () => {
  it('moves to files what does not fit; a query with another limit goes on where it was', async () => {
    const { add, run, checkpoint } = countingQuery('limited');
    add(60_000);
    const first = await run(1);
    expect(first?.numRowsTotal).toBe(60_000);
    expect(first?.memoryUsedBytes).toBeLessThan(1 << 20);
    expect(spilledOf(first)).toBeGreaterThan(1 << 20);
    expect(readdirSync(checkpoint)).not.toContain('spill');
    add(60_001);
    const unlimited = await run(0);
    expect(unlimited).toMatchObject({ numRowsTotal: 60_001, numRowsUpdated: 60_001 });
    expect(unlimited?.customMetrics).not.toHaveProperty('spilledBytes');
    add(2);
    const restarted = await run(1);
    expect(restarted).toMatchObject({ numRowsTotal: 60_001, numRowsUpdated: 2 });
    expect(spilledOf(restarted)).toBeGreaterThan(0);
  });

  it('goes on with another number of threads, each with its share', async () => {
    const checkpoint = join(folder, 'threads');
    const run = async (master: string): Promise<StateProgress | undefined> => {
      const settings = { 'millrace.state.maxMemoryMB': '1', 'millrace.workers': 'always' };
      const builder = MillraceSession.builder().appName('threads').master(master);
      for (const [key, value] of Object.entries(settings)) builder.config(key, value);
      const own = builder.create();
      const rows = own.readStream.format('rate-micro-batch').option('rowsPerBatch', '40000').load();
      const query = await rows
        .selectExpr('value % 50000 AS id')
        .groupBy('id')
        .count()
        .writeStream.format('noop')
        .outputMode('update')
        .option('checkpointLocation', checkpoint)
        .start();
      const progress = await new Promise<StreamingQueryProgress>((resolve, reject) => {
        query.progress$.subscribe({ next: resolve, error: reject });
      });
      await query.stop();
      await own.stop();
      return progress.stateOperators[0];
    };
    expect((await run('local[1]'))?.numRowsTotal).toBeGreaterThanOrEqual(40_000);
    const onTwo = await run('local[2]');
    expect(onTwo?.numRowsTotal).toBe(50_000);
    expect(spilledOf(onTwo)).toBeGreaterThan(0);
    expect(await run('local[1]')).toMatchObject({ numRowsTotal: 50_000 });
    expect(existsSync(join(checkpoint, 'spill'))).toBe(false);
  }, 120_000);

  it('stops a query when the state it works on does not fit at all; with a higher limit it goes on', async () => {
    const { add, run } = countingQuery('too small');
    add(3000);
    await expect(run(0.001)).rejects.toMatchObject({
      condition: 'STATE_MEMORY_LIMIT_EXCEEDED',
      parameters: { limit: '0.001 MB' },
    });
    expect(await run(1)).toMatchObject({ numRowsTotal: 3000 });
  });

  it('deletes what a run that crashed left behind, with or without a limit', async () => {
    for (const limitMB of [1, 0]) {
      const { add, run, checkpoint } = countingQuery(`crashed ${limitMB}`);
      add(10);
      await run(limitMB);
      mkdirSync(join(checkpoint, 'spill', '0', '-1-abc'), { recursive: true });
      writeFileSync(join(checkpoint, 'spill', '0', '-1-abc', '7'), 'state');
      add(20);
      const query = await countingQuery(`crashed ${limitMB}`).start(limitMB);
      expect(existsSync(join(checkpoint, 'spill', '0'))).toBe(false);
      await query.stop();
    }
  });

  it('puts files where millrace.state.spillDirectory says, and fails with a typed error where it cannot', async () => {
    const { add, run, start } = countingQuery('elsewhere');
    const directory = join(folder, 'spilled');
    add(60_000);
    const query = await start(1, { 'millrace.state.spillDirectory': directory });
    await query.processAllAvailable();
    expect(readdirSync(directory)).toHaveLength(1);
    await query.stop();
    expect(readdirSync(directory)).toEqual([]);
    const file = join(folder, 'a file');
    writeFileSync(file, '');
    await expect(run(1, { 'millrace.state.spillDirectory': file })).rejects.toMatchObject({ condition: 'STORAGE_IO' });
  });

  it('counts all tables of a query together, and gives back what one forgets', () => {
    const schema = { keys: struct([field('id', LONG)]), values: struct([field('n', LONG)]) };
    const budget = new MemoryBudget(2 << 20);
    const [left, right] = [new StateTable(schema, budget), new StateTable(schema, budget)];
    const fill = (table: StateTable, numKeys: number): void => {
      const ids = vectorOf(
        LONG,
        Array.from({ length: numKeys }, (_, i) => BigInt(i)),
      );
      table.lookup([ids], numKeys, new Int32Array(numKeys));
      table.settleChanges();
    };
    fill(left, 40_000);
    expect(() => fill(right, 40_000)).toThrow('STATE_MEMORY_LIMIT_EXCEEDED');
    right.clear();
    left.clear();
    fill(right, 40_000);
    expect(right.size).toBe(40_000);
  });
});
