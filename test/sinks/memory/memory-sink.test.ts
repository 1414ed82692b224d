/** The memory sink: the contract, and what its table holds in each output mode. */
import { describe, expect, test } from 'vitest';
import { memorySinkProvider } from '../../../src/sinks/memory/memory-sink.ts';
import { MemoryTable } from '../../../src/sinks/memory/memory-table.ts';
import { valueAt } from '../../../src/types/vector.ts';
import {
  batchOf,
  describeSinkContract,
  ID_NAME,
  identity,
  openSink,
  sinkContext,
  streamOf,
} from '../../contract/sink-contract.ts';

const textsOf = (table: MemoryTable): string[] =>
  table.batches.flatMap((batch) =>
    Array.from({ length: batch.numRows }, (_, row) =>
      batch.columns.map((column) => String(valueAt(column, row))).join(':'),
    ),
  );

describeSinkContract('memory', {
  provider: memorySinkProvider,
  destination: async (schema) => {
    const table = new MemoryTable('t', schema);
    return { options: {}, handle: table, rows: async () => textsOf(table), dispose: async () => {} };
  },
});

describe('memory table', () => {
  test.each([
    ['append', ['1:a', '1:b', '2:c']],
    ['update', ['1:a', '1:b', '2:c']],
    ['complete', ['1:b', '2:c']],
  ] as const)('%s mode leaves %j', async (mode, expected) => {
    const table = new MemoryTable('t', ID_NAME);
    const sink = await openSink(memorySinkProvider, { schema: ID_NAME, options: {}, mode, handle: table });
    await sink.addBatch(identity(0), streamOf(batchOf(ID_NAME, [[1n, 'a']])));
    await sink.addBatch(
      identity(1),
      streamOf(
        batchOf(ID_NAME, [
          [1n, 'b'],
          [2n, 'c'],
        ]),
      ),
    );
    expect(textsOf(table)).toEqual(expected);
    expect(table.latestBatchId).toBe(1);
    expect(table.batchesOf(1)[0]?.numRows).toBe(2);
    table.clear();
    expect(table.numRows).toBe(0);
  });

  test('a memory sink needs a query name', () => {
    const context = { ...sinkContext({ schema: ID_NAME, options: {}, handle: new MemoryTable('t', ID_NAME) }) };
    expect(() => memorySinkProvider.create({ ...context, queryName: undefined })).toThrow(
      'queryName must be specified for memory sink.',
    );
  });
});
