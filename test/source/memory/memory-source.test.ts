/** Memory streams: the contract, dropping of committed rows, several readers, waking, failures. */
import { expect, test } from 'vitest';
import { type ColumnBatch, columnBatch } from '../../../src/types/column-batch.ts';
import { field, LONG, STRING, struct } from '../../../src/types/data-type.ts';
import { vectorOf } from '../../../src/types/vector-builder.ts';
import { memorySourceProvider } from '../../../src/source/memory/memory-source.ts';
import { MemoryStream } from '../../../src/source/memory/memory-stream.ts';
import type { Source } from '../../../src/source/source.ts';
import { readRange, sourceContext, testSourceContract } from '../../contract/source-contract.ts';

const SCHEMA = struct([field('word', STRING), field('n', LONG)]);

function words(...rows: readonly (readonly [string, bigint])[]): ColumnBatch {
  const columns = [
    vectorOf(
      STRING,
      rows.map((row) => row[0]),
    ),
    vectorOf(
      LONG,
      rows.map((row) => row[1]),
    ),
  ];
  return columnBatch(SCHEMA, columns, rows.length);
}

async function openSource(stream: MemoryStream): Promise<Source> {
  const source = memorySourceProvider.create(sourceContext({ handle: stream }));
  await source.open();
  return source;
}

testSourceContract('memory', async () => {
  const stream = new MemoryStream(SCHEMA);
  let n = 0n;
  return {
    create: () => memorySourceProvider.create(sourceContext({ handle: stream })),
    addRows: async () => {
      stream.addBatch(words([`w${n}`, n++], [`w${n}`, n++]));
      stream.addBatch(words([`w${n}`, n++]));
    },
  };
});

test('offsets are the ordinals of the batches added', async () => {
  const stream = new MemoryStream(SCHEMA);
  const source = await openSource(stream);
  expect(await source.latestOffset({ start: undefined, mode: 'default', batchId: 0 })).toBeUndefined();
  expect(stream.addBatch(words(['a', 1n]))).toBe(0);
  expect(stream.addBatch(words(['b', 2n]))).toBe(1);
  expect(await source.latestOffset({ start: undefined, mode: 'default', batchId: 0 })).toBe(1);
  expect(await readRange(source, 0, 1)).toEqual([['b', 2n]]);
});

test('committed rows are dropped once every open reader has committed them', async () => {
  const stream = new MemoryStream(SCHEMA);
  const left = await openSource(stream);
  const right = await openSource(stream);
  for (let i = 0n; i < 4n; i++) stream.addBatch(words(['a', i]));
  await left.commit(2);
  expect(stream.numBufferedRows).toBe(4);
  await right.commit(1);
  expect(stream.numBufferedRows).toBe(2);
  expect(await readRange(right, 1, 3)).toEqual([
    ['a', 2n],
    ['a', 3n],
  ]);
  await right.close();
  await left.commit(3);
  expect(stream.numBufferedRows).toBe(0);
});

test('an uncommitted range can be read again by the next source over the same stream', async () => {
  const stream = new MemoryStream(SCHEMA);
  const first = await openSource(stream);
  stream.addBatch(words(['a', 1n]));
  stream.addBatch(words(['b', 2n]));
  await first.commit(0);
  await first.close();
  const second = await openSource(stream);
  expect(await readRange(second, 0, 1)).toEqual([['b', 2n]]);
});

test('a range from before a restart of the process is an error that says so', async () => {
  const source = await openSource(new MemoryStream(SCHEMA));
  await expect(source.planInput(3, 5)).rejects.toMatchObject({
    condition: 'MEMORY_STREAM_LOST',
    message: expect.stringContaining('do not survive a restart of the process'),
  });
});

test('a range that was committed and dropped is an error', async () => {
  const stream = new MemoryStream(SCHEMA);
  const source = await openSource(stream);
  stream.addBatch(words(['a', 1n]));
  stream.addBatch(words(['b', 2n]));
  await source.commit(1);
  await expect(source.planInput(0, 1)).rejects.toMatchObject({ condition: 'MEMORY_STREAM_LOST' });
});

test('waiting ends at once when rows are added, when the stream ends and when the query is stopped', async () => {
  const stream = new MemoryStream(SCHEMA);
  const source = await openSource(stream);
  const never = new AbortController();
  const startedMs = Date.now();
  let waiting = source.waitForData?.(undefined, 60_000, never.signal);
  stream.addBatch(words(['a', 1n]));
  await waiting;
  waiting = source.waitForData?.(0, 60_000, never.signal);
  stream.end();
  await waiting;
  const stop = new AbortController();
  waiting = source.waitForData?.(0, 60_000, stop.signal);
  stop.abort();
  await waiting;
  expect(Date.now() - startedMs).toBeLessThan(5000);
});

test('rows before a failure of the producer are read, then its failure stops the query', async () => {
  const stream = new MemoryStream(SCHEMA, { description: 'Observable' });
  const source = await openSource(stream);
  stream.addBatch(words(['a', 1n]));
  stream.fail(new Error('socket closed'));
  expect(stream.hasEnded).toBe(true);
  expect(await source.latestOffset({ start: undefined, mode: 'default', batchId: 0 })).toBe(0);
  await expect(source.latestOffset({ start: 0, mode: 'default', batchId: 1 })).rejects.toMatchObject({
    condition: 'STREAM_PRODUCER_FAILED',
    message: expect.stringContaining('The producer of Observable failed: socket closed.'),
  });
});

test('adding more uncommitted rows than the limit is an error', () => {
  const stream = new MemoryStream(SCHEMA, { maxBufferedRows: 2 });
  stream.addBatch(words(['a', 1n], ['b', 2n]));
  expect(() => stream.addBatch(words(['c', 3n]))).toThrow(expect.objectContaining({ condition: 'MEMORY_STREAM_FULL' }));
});

test('many small batches are read as few large ones', async () => {
  const stream = new MemoryStream(SCHEMA);
  const source = await openSource(stream);
  for (let i = 0n; i < 1000n; i++) stream.addBatch(words(['a', i]));
  let numBatches = 0;
  for (const partition of await source.planInput(undefined, 999)) {
    for await (const batch of source.read(partition, ['n'])) {
      numBatches++;
      expect(batch.numRows).toBe(1000);
    }
  }
  expect(numBatches).toBe(1);
});

test('the format memory without a stream is refused', () => {
  expect(() => memorySourceProvider.create(sourceContext())).toThrow(
    expect.objectContaining({ condition: 'UNSUPPORTED_FEATURE' }),
  );
});
