/** Sinks of users' own: the contract for one that keeps markers, and what one without them gets. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { defineSink, MillraceSession, Trigger, type CommitMarker, type Row } from '../../../src/index.ts';
import { createTestSession, sinkContract } from '../../../src/testing/index.ts';

/** A store with transactions, as simple as can be. */
interface Store {
  rows: string[];
  marker: CommitMarker | undefined;
}
const stores = new Map<string, Store>();

defineSink({
  name: 'test-store',
  options: ['store'],
  writer: ({ store: name = '' }) => {
    const store = stores.get(name) ?? { rows: [], marker: undefined };
    stores.set(name, store);
    return {
      readMarker: () => store.marker,
      writeMarker: (marker) => void (store.marker = marker),
      write: async (rows, marker) => {
        const added: string[] = [];
        for await (const { id, name: text } of rows) added.push(`${String(id)}:${String(text)}`);
        store.rows.push(...added);
        store.marker = marker;
      },
    };
  },
});

let numStores = 0;
const cases = sinkContract({
  provider: 'test-store',
  destination: async () => {
    const store = `store ${numStores++}`;
    return {
      options: { store },
      rows: async () => stores.get(store)?.rows ?? [],
      dispose: async () => void stores.delete(store),
    };
  },
});
for (const { name, run } of cases) test(`a sink with markers: ${name}`, run);

describe('a sink of one’s own', () => {
  it('gets rows as objects, batch ids, the mode and the keys', async () => {
    const seen: unknown[] = [];
    defineSink({
      name: 'test-seen',
      writer: (_, { mode, keyColumns }) => ({
        write: async (rows, { batchId }) => {
          const taken: Row[] = [];
          for await (const row of rows) taken.push(row);
          seen.push([mode, keyColumns, batchId, taken]);
        },
      }),
    });
    const checkpoint = mkdtempSync(path.join(tmpdir(), 'millrace-sink-'));
    const session = MillraceSession.builder().create();
    const input = session.memoryStream('action STRING');
    input.addData({ action: 'open' }, { action: 'open' });
    const query = await input
      .toDF()
      .groupBy('action')
      .count()
      .writeStream.format('test-seen')
      .outputMode('update')
      .trigger(Trigger.AvailableNow())
      .option('checkpointLocation', checkpoint)
      .start();
    await query.awaitTermination();
    expect(seen).toEqual([['update', ['action'], 0, [{ action: 'open', count: 2n }]]]);
    await session.stop();
    rmSync(checkpoint, { recursive: true });
  });

  it('that fails stops the query with its error as the cause; one that stops reading does not', async () => {
    defineSink({
      name: 'test-failing',
      options: ['how'],
      writer: ({ how }) => ({
        write: async (rows) => {
          if (how === 'throw') throw new RangeError('the disk is full');
          for await (const _ of rows) break;
        },
      }),
    });
    const session = createTestSession();
    const start = (how: string) =>
      session.range(0, 10).write.format('test-failing').option('how', how).mode('append').save();
    await expect(start('throw')).rejects.toMatchObject({
      condition: 'CUSTOM_SINK_FAILED',
      parameters: { sink: 'test-failing', action: 'write', reason: 'the disk is full' },
      cause: { name: 'RangeError' },
    });
    await start('break');
    await session.stop();
  });

  it('cannot take a name of Millrace’s own', () => {
    expect(() => defineSink({ name: 'JDBC', writer: () => ({ write: () => {} }) })).toThrow(
      /DATA_SOURCE_ALREADY_EXISTS/,
    );
  });
});
