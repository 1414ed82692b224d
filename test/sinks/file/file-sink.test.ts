/** File sinks on a local folder: the sink contract, the manifest, partitions, file names, batch writes. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type { SaveMode } from '../../../src/sinks/sink.ts';
import type { ColumnBatch } from '../../../src/types/column-batch.ts';
import type { Value } from '../../../src/types/vector.ts';
import { partitionFolder } from '../../../src/sinks/file/partition-paths.ts';
import { findSinkProvider } from '../../../src/sinks/registry.ts';
import { committedFiles } from '../../../src/source/file/sink-manifest.ts';
import { LocalObjectStore } from '../../../src/storage/local-object-store.ts';
import * as T from '../../../src/types/data-type.ts';
import {
  batchOf,
  conditionOf,
  describeSinkContract,
  ID_NAME,
  identity,
  openSink,
  streamOf,
  type SinkRequest,
} from '../../contract/sink-contract.ts';
import { committedKeys, committedLines, idNameOf } from './read-committed.ts';

const root = mkdtempSync(join(tmpdir(), 'millrace-files-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folderNumber = 0;
const newFolder = () => join(root, `out ${folderNumber++}`);
const json = findSinkProvider('json');
const filesOf = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .toSorted();
const dataFilesOf = (folder: string) => filesOf(folder).filter((name) => !name.startsWith('_'));

describeSinkContract('json files', {
  provider: json,
  destination: async () => {
    const folder = newFolder();
    const store = new LocalObjectStore(folder);
    return {
      options: { path: folder },
      rows: async () => (await committedLines(store, `file://${folder}`)).map(idNameOf),
      dispose: async () => {},
    };
  },
});

const rows = (...values: readonly (readonly (Value | null)[])[]) => batchOf(ID_NAME, values);

async function write(
  folder: string,
  batches: readonly ColumnBatch[],
  request: Partial<SinkRequest> = {},
): Promise<void> {
  const sink = await openSink(json, { schema: ID_NAME, ...request, options: { path: folder, ...request.options } });
  for (const [batchId, batch] of batches.entries()) await sink.addBatch(identity(batchId), streamOf(batch));
  await sink.close();
}

describe('file sink', () => {
  test('names of files and manifest entries follow from query, batch and digest', async () => {
    const [first, second] = [newFolder(), newFolder()];
    for (const folder of [first, second]) await write(folder, [rows([1n, 'a']), rows([2n, 'b'])]);
    expect(filesOf(first)).toEqual(filesOf(second));
    expect(dataFilesOf(first)[0]).toMatch(/^part-00000-[0-9a-f]{12}-0000000\d\.c000\.json$/);
    const [version, line = ''] = readFileSync(join(first, '_spark_metadata/0'), 'utf8').split('\n');
    expect(version).toBe('v1');
    expect(JSON.parse(line)).toEqual({
      path: expect.stringMatching(/^file:\/\/\/.*out%20\d+\/part-00000-[0-9a-f]{12}-00000000\.c000\.json$/),
      size: 20,
      isDir: false,
      modificationTime: 1_700_000_000_000,
      blockReplication: 1,
      blockSize: 33_554_432,
      action: 'add',
    });
  });

  test('every tenth entry lists all files, old entries go, the reader of file sources sees every file', async () => {
    const folder = newFolder();
    await write(
      folder,
      Array.from({ length: 45 }, (_, i) => rows([BigInt(i), 'x'])),
    );
    const store = new LocalObjectStore(folder);
    expect((await committedLines(store, `file://${folder}`)).length).toBe(45);
    expect([...(await committedFiles(store, '_spark_metadata'))].toSorted()).toEqual(dataFilesOf(folder));
    const entries = filesOf(folder).filter((name) => name.startsWith('_spark_metadata/'));
    expect(entries).toContain('_spark_metadata/39.compact');
    expect(entries).not.toContain('_spark_metadata/9.compact');
    expect(entries.length).toBeLessThanOrEqual(30);
    await write(newFolder(), [rows([1n, 'a'])]);
    const sink = await openSink(json, { schema: ID_NAME, options: { path: folder } });
    await sink.addBatch(identity(45), streamOf(rows([45n, 'x'])));
    expect((await committedKeys(store, `file://${folder}`)).length).toBe(46);
  });

  test('a query that begins at a later batch fills the manifest so that Spark can read it', async () => {
    const folder = newFolder();
    const sink = await openSink(json, { schema: ID_NAME, options: { path: folder } });
    await sink.addBatch(identity(12), streamOf(rows([1n, 'a'])));
    const entries = filesOf(folder).filter((name) => name.startsWith('_spark_metadata/'));
    expect(entries).toEqual([
      '_spark_metadata/10',
      '_spark_metadata/11',
      '_spark_metadata/12',
      '_spark_metadata/9.compact',
    ]);
  });

  test('another query on the same folder is refused', async () => {
    const folder = newFolder();
    await write(folder, [rows([1n, 'a'])]);
    const sink = await openSink(json, { schema: ID_NAME, options: { path: folder }, queryId: 'another' });
    expect(await conditionOf(sink.addBatch(identity(0), streamOf()))).toBe('CHECKPOINT_FOREIGN');
  });

  test('a damaged manifest is CHECKPOINT_CORRUPT', async () => {
    const folder = newFolder();
    await write(folder, [rows([1n, 'a'])]);
    writeFileSync(join(folder, '_spark_metadata/0'), 'v9\n');
    const sink = await openSink(json, { schema: ID_NAME, options: { path: folder } });
    expect(await conditionOf(sink.addBatch(identity(1), streamOf()))).toBe('CHECKPOINT_CORRUPT');
  });

  test.each(['update', 'complete'] as const)('%s mode is refused', async (mode) => {
    await expect(openSink(json, { schema: ID_NAME, options: { path: newFolder() }, mode })).rejects.toThrow(
      /\[STREAMING_OUTPUT_MODE.UNSUPPORTED_DATASOURCE\] Invalid streaming output mode: .*json/,
    );
  });

  test('a file that fails while rows are read leaves nothing behind', async () => {
    const folder = newFolder();
    mkdirSync(folder);
    async function* failing() {
      yield rows([1n, 'a']);
      throw new RangeError('x');
    }
    const sink = await openSink(json, { schema: ID_NAME, options: { path: folder } });
    await expect(sink.addBatch(identity(0), failing())).rejects.toThrow(RangeError);
    expect(dataFilesOf(folder)).toEqual([]);
  });

  test('maxRecordsPerFile and compression', async () => {
    const folder = newFolder();
    await write(folder, [rows([1n, 'a'], [2n, 'b'], [3n, 'c'], [4n, 'd'], [5n, 'e'])], {
      options: { maxRecordsPerFile: '2', compression: 'gzip' },
    });
    const texts = dataFilesOf(folder).map((name) => gunzipSync(readFileSync(join(folder, name))).toString());
    expect(texts.map((text) => text.split('\n').length - 1)).toEqual([2, 2, 1]);
    expect(dataFilesOf(folder).map((name) => name.slice(-17))).toEqual(
      ['.c000', '.c001', '.c002'].map((part) => expect.stringContaining(`${part}.json.gz`)),
    );
  });
});

describe('partitions', () => {
  const schema = T.struct([T.field('day', T.DATE), T.field('id', T.LONG), T.field('name', T.STRING)]);

  test('rows go into folders of their values, the columns leave the files', async () => {
    const folder = newFolder();
    const batch = batchOf(schema, [
      [19782, 1n, 'a/../b'],
      [19782, 2n, null],
      [null, 3n, ''],
      [19782, 4n, 'a/../b'],
    ]);
    await write(folder, [batch], { schema, partitionColumns: ['day', 'name'] });
    const names = dataFilesOf(folder);
    expect(names.map((name) => name.slice(0, name.lastIndexOf('/')))).toEqual([
      'day=2024-02-29/name=__HIVE_DEFAULT_PARTITION__',
      'day=2024-02-29/name=a%2F..%2Fb',
      'day=__HIVE_DEFAULT_PARTITION__/name=__HIVE_DEFAULT_PARTITION__',
    ]);
    expect(readFileSync(join(folder, names[1] ?? ''), 'utf8')).toBe('{"id":1}\n{"id":4}\n');
    const store = new LocalObjectStore(folder);
    expect([...(await committedFiles(store, '_spark_metadata'))].toSorted()).toEqual(names);
  });

  test('no value leaves the root and every value comes back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (name, text) => {
        const folder = partitionFolder(name, text);
        expect(resolve('/root', folder)).toBe(`/root/${folder}`);
        expect(folder).not.toMatch(/[/\\\0]/);
        const value = folder.slice(folder.indexOf('=') + 1);
        const back = value.replaceAll(/%([0-9A-F]{2})/g, (_, hex: string) =>
          String.fromCharCode(Number.parseInt(hex, 16)),
        );
        expect(back).toBe(text === '' ? '__HIVE_DEFAULT_PARTITION__' : text);
      }),
    );
  });

  test.each([
    [['nope'], 'PARTITION_COLUMN_NOT_FOUND_IN_SCHEMA'],
    [['day', 'id', 'name'], 'ALL_PARTITION_COLUMNS_NOT_ALLOWED'],
  ])('%j is %s', async (partitionColumns, condition) => {
    const opening = openSink(json, { schema, options: { path: newFolder() }, partitionColumns });
    expect(await conditionOf(opening)).toBe(condition);
  });

  test('nested columns cannot make folders', async () => {
    const nested = T.struct([T.field('a', T.array(T.INTEGER)), T.field('b', T.INTEGER)]);
    const opening = openSink(json, { schema: nested, options: { path: newFolder() }, partitionColumns: ['a'] });
    expect(await conditionOf(opening)).toBe('INVALID_PARTITION_COLUMN_DATA_TYPE');
  });
});

describe('batch writes', () => {
  const save = async (folder: string, saveMode: SaveMode, batch: ColumnBatch) => {
    const sink = await openSink(json, { schema: ID_NAME, options: { path: folder }, mode: 'batch', saveMode });
    return sink.addBatch(identity(0), streamOf(batch));
  };
  const lines = (folder: string) =>
    dataFilesOf(folder)
      .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
      .filter((line) => line !== '')
      .map(idNameOf)
      .toSorted();

  test('save modes', async () => {
    const folder = newFolder();
    await save(folder, 'errorifexists', rows([1n, 'a']));
    expect(filesOf(folder)[0]).toBe('_SUCCESS');
    expect(await conditionOf(save(folder, 'errorifexists', rows([1n, 'a'])))).toBe('PATH_ALREADY_EXISTS');
    await save(folder, 'append', rows([2n, 'b']));
    expect(await save(folder, 'ignore', rows([9n, 'z']))).toEqual({ numOutputRows: 0 });
    expect(lines(folder)).toEqual(['1:a', '2:b']);
    await save(folder, 'overwrite', rows([3n, 'c']));
    expect(lines(folder)).toEqual(['3:c']);
    expect(filesOf(folder)).toHaveLength(2);
  });

  test('overwrite replaces what a streaming query wrote, append to it is refused', async () => {
    const folder = newFolder();
    await write(folder, [rows([1n, 'a'])]);
    expect(await conditionOf(save(folder, 'append', rows([2n, 'b'])))).toBe('UNSUPPORTED_FEATURE');
    await save(folder, 'overwrite', rows([2n, 'b']));
    expect(filesOf(folder).filter((name) => name.startsWith('_'))).toEqual(['_SUCCESS']);
    expect(lines(folder)).toEqual(['2:b']);
  });

  test('a write without rows leaves one file without rows', async () => {
    const folder = newFolder();
    await save(folder, 'append', rows());
    expect(dataFilesOf(folder)).toHaveLength(1);
    expect(lines(folder)).toEqual([]);
  });
});
