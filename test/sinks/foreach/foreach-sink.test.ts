/** The sinks that call functions of the user: foreach, foreachBatch; and noop. */
import { describe, expect, test } from 'vitest';
import type { ForeachWriter } from '../../../src/sinks/foreach/foreach-sink.ts';
import {
  foreachBatchSinkProvider,
  type ForeachBatchFunction,
} from '../../../src/sinks/foreach-batch/foreach-batch-sink.ts';
import { foreachSinkProvider } from '../../../src/sinks/foreach/foreach-sink.ts';
import { noopSinkProvider } from '../../../src/sinks/noop/noop-sink.ts';
import { batchOf, conditionOf, ID_NAME, identity, openSink, streamOf } from '../../contract/sink-contract.ts';

const ROWS = batchOf(ID_NAME, [
  [1n, 'a'],
  [2n, null],
]);

function loggingWriter(changes: Partial<ForeachWriter> = {}): { writer: ForeachWriter; calls: unknown[] } {
  const calls: unknown[] = [];
  const writer: ForeachWriter = {
    open: (partitionId, epochId) => calls.push(['open', partitionId, epochId]) > 0,
    process: (row) => void calls.push({ ...row }),
    close: (error) => void calls.push(['close', error]),
    ...changes,
  };
  return { writer, calls };
}

const openForeach = (writer: ForeachWriter) =>
  openSink(foreachSinkProvider, { schema: ID_NAME, options: {}, handle: writer });

describe('foreach', () => {
  test('calls open, process per row and close per batch', async () => {
    const { writer, calls } = loggingWriter();
    const sink = await openForeach(writer);
    expect(await sink.addBatch(identity(3), streamOf(ROWS))).toEqual({ numOutputRows: 2 });
    expect(calls).toEqual([['open', 0, 3], { id: 1n, name: 'a' }, { id: 2n, name: null }, ['close', null]]);
  });

  test('open returning false skips the rows, close is called all the same', async () => {
    const { writer, calls } = loggingWriter({ open: () => false });
    await (await openForeach(writer)).addBatch(identity(0), streamOf(ROWS));
    expect(calls).toEqual([['close', null]]);
  });

  test('an error of process is passed to close and ends the batch', async () => {
    const cause = new Error('no disk');
    const { writer, calls } = loggingWriter({
      process: () => {
        throw cause;
      },
    });
    const sink = await openForeach(writer);
    expect(await conditionOf(sink.addBatch(identity(0), streamOf(ROWS)))).toBe('FOREACH_USER_FUNCTION_ERROR');
    expect(calls).toEqual([
      ['open', 0, 0],
      ['close', cause],
    ]);
  });

  test('close is not called when open throws', async () => {
    const { writer, calls } = loggingWriter({
      open: () => {
        throw new Error('no');
      },
    });
    const sink = await openForeach(writer);
    expect(await conditionOf(sink.addBatch(identity(0), streamOf(ROWS)))).toBe('FOREACH_USER_FUNCTION_ERROR');
    expect(calls).toEqual([]);
  });
});

describe('foreachBatch', () => {
  test('the function gets the batches and the batch id, also of empty batches', async () => {
    const calls: unknown[] = [];
    const write: ForeachBatchFunction = async (batches, batchId) => {
      calls.push([batchId, batches.map((batch) => batch.numRows)]);
    };
    const sink = await openSink(foreachBatchSinkProvider, { schema: ID_NAME, options: {}, handle: write });
    await sink.addBatch(identity(0), streamOf(ROWS, ROWS));
    expect(await sink.addBatch(identity(1), streamOf())).toEqual({ numOutputRows: -1 });
    expect(calls).toEqual([
      [0, [2, 2]],
      [1, []],
    ]);
  });

  test('its error is FOREACH_BATCH_USER_FUNCTION_ERROR with the cause', async () => {
    const cause = new Error('boom');
    const write: ForeachBatchFunction = () => Promise.reject(cause);
    const sink = await openSink(foreachBatchSinkProvider, { schema: ID_NAME, options: {}, handle: write });
    await expect(sink.addBatch(identity(0), streamOf(ROWS))).rejects.toMatchObject({
      condition: 'FOREACH_BATCH_USER_FUNCTION_ERROR',
      cause,
      parameters: { reason: 'boom' },
    });
  });
});

test('noop reads everything', async () => {
  const sink = await openSink(noopSinkProvider, { schema: ID_NAME, options: {} });
  expect(await sink.addBatch(identity(0), streamOf(ROWS, ROWS))).toEqual({ numOutputRows: 4 });
});
