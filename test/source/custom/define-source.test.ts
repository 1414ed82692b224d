/** Sources of users' own: the contract for both kinds of readers, whole queries with restarts, and whose error an error is. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import {
  defineSource,
  MillraceSession,
  Trigger,
  type SimpleStreamReader,
  type StreamReader,
} from '../../../src/index.ts';
import { createTestSession, sourceContract } from '../../../src/testing/index.ts';

/** Logs by name; what a server would keep. */
const logs = new Map<string, string[]>();

function linesOf(name: string | undefined): string[] {
  const lines = logs.get(name ?? '') ?? [];
  logs.set(name ?? '', lines);
  return lines;
}

interface Span {
  readonly from: number;
  readonly to: number;
  readonly [name: string]: number;
}

defineSource({
  name: 'test-log',
  options: ['log', 'failIn'],
  schema: 'n BIGINT, line STRING',
  streamReader: ({ log, failin }): StreamReader<number, Span> => ({
    initialOffset: () => 0,
    latestOffset: () => linesOf(log).length,
    partitions: (start, end) => [
      { from: start, to: Math.ceil((start + end) / 2) },
      { from: Math.ceil((start + end) / 2), to: end },
    ],
    read: async function* ({ from, to }) {
      if (failin === 'read') throw new TypeError('the line is busy');
      for (let n = from; n < to; n++) yield { n: BigInt(n), line: linesOf(log)[n] ?? null };
    },
  }),
  rows: ({ log }) => linesOf(log).map((line, n) => [BigInt(n), line]),
});

defineSource({
  name: 'test-tail',
  options: ['log', 'from'],
  schema: ({ from }) => (from === undefined ? 'n BIGINT, line STRING' : 'n BIGINT'),
  simpleStreamReader: ({ log, from }): SimpleStreamReader<number> => {
    const rowsBetween = (start: number, end: number) =>
      linesOf(log)
        .slice(start, end)
        .map((line, i) => [BigInt(start + i), line]);
    return {
      initialOffset: () => Number(from ?? 0),
      read: (start) => ({ rows: rowsBetween(start, linesOf(log).length), end: linesOf(log).length }),
      readBetweenOffsets: rowsBetween,
    };
  },
});

let numLogs = 0;
for (const format of ['test-log', 'test-tail']) {
  const cases = sourceContract(async () => {
    const log = `log ${numLogs++}`;
    return {
      format,
      options: { log },
      addRows: async () => void linesOf(log).push(`line ${linesOf(log).length}`, `line ${linesOf(log).length + 1}`),
    };
  });
  for (const { name, run } of cases) test(`${format}: ${name}`, run);
}

describe('a query over a source of one’s own', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'millrace-custom-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it.each(['test-log', 'test-tail'])('goes on after a restart where it was (%s)', async (format) => {
    const log = `query ${format}`;
    const session = createTestSession();
    const seen: string[] = [];
    const run = async () => {
      const query = await session.readStream
        .format(format)
        .option('log', log)
        .load()
        .where("line <> 'b'")
        .writeStream.trigger(Trigger.AvailableNow())
        .option('checkpointLocation', path.join(folder, 'checkpoint'))
        .foreachBatch(async (batch) => {
          const rows = await batch.collect();
          seen.push(...rows.map(({ n, line }) => `${String(n)} ${String(line)}`).toSorted());
        })
        .start();
      await query.awaitTermination();
    };
    linesOf(log).push('a', 'b', 'c');
    await run();
    linesOf(log).push('d');
    await run();
    await run();
    expect(seen).toEqual(['0 a', '2 c', '3 d']);
    await session.stop();
  });

  it('is a batch read of `rows`, or of all a reader has', async () => {
    linesOf('batch').push('x', 'y');
    const session = MillraceSession.builder().create();
    for (const format of ['test-log', 'test-tail']) {
      const rows = await session.read.format(format).option('log', 'batch').load().orderBy('n').collect();
      expect(rows.map(({ line }) => line)).toEqual(['x', 'y']);
    }
    await session.stop();
  });

  it('says that the error is the user’s, with its cause', async () => {
    linesOf('busy').push('x');
    const session = createTestSession();
    const query = await session.readStream
      .format('test-log')
      .options({ log: 'busy', failIn: 'read' })
      .load()
      .writeStream.format('noop')
      .trigger(Trigger.AvailableNow())
      .start();
    await expect(query.awaitTermination()).rejects.toMatchObject({
      condition: 'CUSTOM_SOURCE_FAILED',
      parameters: { source: 'test-log', action: 'read', reason: 'the line is busy' },
      cause: { name: 'TypeError' },
    });
    await session.stop();
  });
});

describe('what is refused', () => {
  it('a name of Millrace’s own, an unknown option, a batch read of what has none', async () => {
    expect(() => defineSource({ name: 'Kafka', schema: 'a INT' })).toThrow(
      expect.objectContaining({ condition: 'DATA_SOURCE_ALREADY_EXISTS' }),
    );
    const session = createTestSession();
    expect(() => session.readStream.format('test-log').option('lag', 1).load()).toThrow(/UNKNOWN_OPTION.*log/);
    defineSource({ name: 'test-nothing', schema: 'a INT' });
    const query = session.readStream.format('test-nothing').load().writeStream.format('noop').start();
    await expect(query).rejects.toMatchObject({ condition: 'UNSUPPORTED_FEATURE' });
    await session.stop();
  });

  it('but a source of one’s own is replaced', async () => {
    defineSource({ name: 'test-twice', schema: 'a INT', rows: () => [[1]] });
    defineSource({ name: 'test-twice', schema: 'a INT', rows: () => [[2]] });
    const session = createTestSession();
    expect(await session.read.format('test-twice').load().collect()).toEqual([{ a: 2 }]);
    await session.stop();
  });
});
