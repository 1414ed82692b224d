/** The memory limit of a query's state: an error that says so, and going on from the checkpoint with a higher limit. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { MillraceSession } from '../../src/index.ts';
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

describe('millrace.state.maxMemoryMB', () => {
  it('stops a query whose state outgrows it; with a higher limit the query goes on where it was', async () => {
    const input = session.memoryStream('id BIGINT');
    const run = async (limitMB: number): Promise<bigint> => {
      session.conf.set('millrace.state.maxMemoryMB', String(limitMB));
      const writer = input.toDF().groupBy('id').count().writeStream.format('noop').outputMode('update');
      const query = await writer.option('checkpointLocation', join(folder, 'limited')).start();
      try {
        await query.processAllAvailable();
        return BigInt(query.lastProgress?.stateOperators[0]?.numRowsTotal ?? 0);
      } finally {
        await query.stop();
        session.conf.set('millrace.state.maxMemoryMB', '0');
      }
    };
    input.addData({ id: 1n }, { id: 2n });
    expect(await run(1)).toBe(2n);
    input.addData(...Array.from({ length: 60_000 }, (_, i) => ({ id: BigInt(i) })));
    await expect(run(1)).rejects.toMatchObject({
      condition: 'STATE_MEMORY_LIMIT_EXCEEDED',
      parameters: { limit: '1 MB' },
    });
    expect(await run(64)).toBe(60_000n);
    await expect(run(1)).rejects.toMatchObject({ condition: 'STATE_MEMORY_LIMIT_EXCEEDED' });
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
