/** Starting, watching and ending streaming queries; sources and sinks in the program itself. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Subject, firstValueFrom, from, toArray } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import { Trigger, functions as F } from '../../src/index.ts';
import { createTestSession } from '../../src/testing/index.ts';

const folders: string[] = [];

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'streams-'));
  folders.push(folder);
  return folder;
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

describe('RxJS', () => {
  it('rows of an Observable go in, rows of each batch come out', async () => {
    const session = createTestSession();
    const input = session.fromObservable(from([{ n: 1 }, { n: 2 }]), { schema: 'n INT' });
    const output = input.where(F.col('n').gt(1)).toObservable({ trigger: Trigger.AvailableNow() });
    expect((await firstValueFrom(output.pipe(toArray()))).flat()).toEqual([{ n: 2 }]);
  });

  it('an error of the Observable ends the query with it', async () => {
    const rows = new Subject<{ n: number }>();
    const output = createTestSession().fromObservable(rows, { schema: 'n INT' }).toObservable();
    const ended = firstValueFrom(output.pipe(toArray()));
    queueMicrotask(() => rows.error(new Error('gone')));
    await expect(ended).rejects.toThrow();
  });
});

describe('queries', () => {
  it('fill a memory table under their name', async () => {
    const session = createTestSession();
    const input = session.memoryStream('n INT');
    input.addData({ n: 1 }, { n: 2 });
    const query = await input.toDF().writeStream.format('memory').queryName('numbers').start();
    await query.processAllAvailable();
    expect(await session.table('numbers').collect()).toEqual([{ n: 1 }, { n: 2 }]);
    await session.stop();
  });

  it('are listed while they run; a name is taken by one', async () => {
    const session = createTestSession();
    const start = () => session.memoryStream('n INT').toDF().writeStream.format('noop').queryName('same').start();
    const query = await start();
    expect(session.streams.active).toEqual([query]);
    expect(session.streams.get(query.id)).toBe(query);
    await expect(start()).rejects.toMatchObject({ condition: 'DUPLICATE_QUERY_NAME' });
    await query.stop();
    expect(await session.streams.awaitAnyTermination()).toBe(true);
    expect(session.streams.active).toEqual([]);
  });

  it('started on the checkpoint of a running one take its place, which ends without an error', async () => {
    const session = createTestSession();
    const input = session.memoryStream('n INT');
    const checkpoint = newFolder();
    const start = () => input.toDF().writeStream.format('noop').option('checkpointLocation', checkpoint).start();
    const first = await start();
    input.addData({ n: 1 });
    await first.processAllAvailable();
    const second = await start();
    expect([first.isActive, first.exception(), second.isActive]).toEqual([false, null, true]);
    expect(second.id).toBe(first.id);
    input.addData({ n: 2 });
    await second.processAllAvailable();
    expect(second.lastProgress).toMatchObject({ batchId: 1, numInputRows: 1 });
    await session.stop();
  });

  it('tell listeners of start, progress and end', async () => {
    const session = createTestSession();
    const events: string[] = [];
    session.streams.addListener({
      onQueryStarted: ({ name }) => void events.push(`started ${name}`),
      onQueryProgress: ({ progress }) => void events.push(`batch ${progress.batchId}: ${progress.numInputRows}`),
      onQueryTerminated: ({ exception }) => void events.push(`ended ${exception}`),
    });
    const input = session.memoryStream('n INT');
    input.addData({ n: 1 });
    const writer = input.toDF().writeStream.format('noop').queryName('q').trigger(Trigger.AvailableNow());
    await (await writer.start()).awaitTermination();
    expect(events).toEqual(['started q', 'batch 0: 1', 'ended null']);
  });

  it('hand rows to foreach writers', async () => {
    const input = createTestSession().memoryStream('n INT');
    input.addData({ n: 5 });
    const seen: unknown[] = [];
    const writer = input.toDF().writeStream.trigger(Trigger.AvailableNow());
    await (await writer.foreach({ process: (row) => void seen.push(row) }).start()).awaitTermination();
    expect(seen).toEqual([{ n: 5 }]);
  });
});

describe('readers and writers', () => {
  it('options are known whatever their letter case, unknown ones are refused', () => {
    const { readStream } = createTestSession();
    expect(() => readStream.format('rate').option('ROWSPERSECOND', 5).load()).not.toThrow();
    expect(() => createTestSession().readStream.format('rate').option('rowsPerSecnd', 5).load()).toThrow(
      'UNKNOWN_OPTION',
    );
  });

  it('sources with columns of their own take no schema', () => {
    const { read, readStream } = createTestSession();
    expect(() => readStream.schema('a INT').format('rate').load()).toThrow('_LEGACY_ERROR_TEMP_2242');
    expect(() => read.schema('a INT, b INT').text('x')).toThrow('_LEGACY_ERROR_TEMP_1290');
  });

  it('a schema that names a column twice is refused', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'a.json'), '{"a":1}\n');
    const twice = createTestSession().read.schema('a INT, A INT').json(folder);
    await expect(twice.collect()).rejects.toMatchObject({ condition: 'COLUMN_ALREADY_EXISTS' });
  });

  it('only the column for corrupt records is no query', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'a.json'), 'x\n');
    const rows = createTestSession().read.schema('a INT, _corrupt_record STRING').json(folder);
    expect(await rows.collect()).toEqual([{ a: null, _corrupt_record: 'x' }]);
    await expect(rows.select('_corrupt_record').collect()).rejects.toMatchObject({
      condition: 'UNSUPPORTED_FEATURE.QUERY_ONLY_CORRUPT_RECORD_COLUMN',
    });
  });

  it('from_json refuses a mode that cannot hold for one value', async () => {
    const texts = createTestSession().createDataFrame([{ s: '{' }], 's STRING');
    const parse = (mode: string) =>
      texts.select(
        F.callFunction('from_json', F.col('s'), F.lit('a INT'), F.callFunction('map', F.lit('mode'), F.lit(mode))),
      );
    await expect(parse('DROPMALFORMED').collect()).rejects.toMatchObject({ condition: 'PARSE_MODE_UNSUPPORTED' });
    await expect(parse('FAILFAST').collect()).rejects.toMatchObject({
      condition: 'MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION',
    });
  });

  it('batch writes refuse, append to, keep or replace what is there', async () => {
    const session = createTestSession();
    const path = join(newFolder(), 'out');
    const write = (n: number, mode: string) => session.createDataFrame([{ n }], 'n INT').write.mode(mode).json(path);
    const read = async () =>
      (await session.read.schema('n INT').json(path).collect()).map(({ n }) => Number(n)).toSorted((a, b) => a - b);
    await write(1, 'error');
    await expect(write(2, 'error')).rejects.toMatchObject({ condition: 'PATH_ALREADY_EXISTS' });
    await write(3, 'ignore');
    expect(await read()).toEqual([1]);
    await write(4, 'append');
    expect(await read()).toEqual([1, 4]);
    await write(5, 'overwrite');
    expect(await read()).toEqual([5]);
    expect(readdirSync(path)).toContain('_SUCCESS');
  });
});
