/** The file source: the source contract, and what files make special. */
import { appendFile, mkdir, mkdtemp, rm, truncate, unlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Source, SourceLog } from '../../../src/source/source.ts';
import { fileSourceProvider } from '../../../src/source/file/file-source-provider.ts';
import { parseSchema } from '../../../src/types/schema.ts';
import {
  memorySourceLog,
  nextOffset,
  readRange,
  sourceContext,
  testSourceContract,
} from '../../contract/source-contract.ts';

let root = '';
let folder = '';
let numFolders = 0;
let clock = 1_700_000_000;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'millrace-files-'));
});
afterAll(() => rm(root, { recursive: true }));
beforeEach(async () => {
  folder = join(root, String(numFolders++));
  await mkdir(folder);
});

/** Writes a file with a modification time one second behind that of the file before. */
async function put(name: string, content: string, into = folder): Promise<void> {
  const path = join(into, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  clock++;
  await utimes(path, clock, clock);
}

interface Settings {
  readonly options?: Readonly<Record<string, string>>;
  readonly schema?: string;
  readonly log?: SourceLog;
  readonly isStreaming?: boolean;
  readonly format?: string;
}

function makeSource({
  options = {},
  schema = 'a BIGINT, b STRING',
  log = memorySourceLog(),
  isStreaming = true,
  format = 'json',
}: Settings = {}): Source {
  const provider = fileSourceProvider(format);
  const given = new Map(
    Object.entries({ path: folder, ...options }).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const source = provider?.create(sourceContext({ options: given, schema: parseSchema(schema), isStreaming, log }));
  if (source === undefined) throw new Error(`no source ${format}`);
  return source;
}

async function opened(settings: Settings = {}): Promise<Source> {
  const source = makeSource(settings);
  await source.open();
  return source;
}

/** The first column of each batch a stream makes. */
async function batchesOf(source: Source, maxBatches = 20): Promise<unknown[][]> {
  const batches: unknown[][] = [];
  let start: Awaited<ReturnType<Source['latestOffset']>>;
  for (let batchId = 0; batchId < maxBatches; batchId++) {
    const end = await source.latestOffset({ start, mode: 'default', batchId });
    if (end === undefined) break;
    batches.push((await readRange(source, start, end)).map((row) => row[0]));
    start = end;
  }
  return batches;
}

testSourceContract('file', async () => {
  const place = join(root, `contract-${numFolders++}`);
  await mkdir(place);
  const log = memorySourceLog();
  let numFiles = 0;
  return {
    create: () => makeSource({ options: { path: place }, log }),
    addRows: async () => {
      const n = numFiles++;
      await put(`f${n}.json`, `{"a":${n},"b":"x"}\n{"a":${n + 100},"b":"y"}\n`, place);
    },
  };
});

describe('order and limits', () => {
  beforeEach(async () => {
    await put('c.json', '{"a":1}\n');
    await put('a.json', '{"a":2}\n');
    await put('b.json', '{"a":3}\n');
  });

  test('files are read by modification time, all in one batch', async () => {
    expect(await batchesOf(await opened())).toEqual([[1n, 2n, 3n]]);
  });

  test('maxFilesPerTrigger takes so many files a batch', async () => {
    expect(await batchesOf(await opened({ options: { maxFilesPerTrigger: '2' } }))).toEqual([[1n, 2n], [3n]]);
  });

  test('maxBytesPerTrigger takes at least one file', async () => {
    expect(await batchesOf(await opened({ options: { maxBytesPerTrigger: '1' } }))).toEqual([[1n], [2n], [3n]]);
    expect(await batchesOf(await opened({ options: { maxBytesPerTrigger: '16' } }))).toEqual([[1n, 2n], [3n]]);
  });

  test('latestFirst turns the order round', async () => {
    expect(await batchesOf(await opened({ options: { latestFirst: 'true', maxFilesPerTrigger: '1' } }))).toEqual([
      [3n],
      [2n],
      [1n],
    ]);
  });

  test('both limits together are refused', () => {
    expect(() => makeSource({ options: { maxFilesPerTrigger: '1', maxBytesPerTrigger: '1' } })).toThrow(
      /INVALID_OPTION/,
    );
  });

  test('once ignores limits, available-now only reads what was there', async () => {
    const once = await opened({ options: { maxFilesPerTrigger: '1' } });
    const end = await once.latestOffset({ start: undefined, mode: 'once', batchId: 0 });
    expect(await readRange(once, undefined, end ?? null)).toHaveLength(3);
    const frozen = await opened({ options: { maxFilesPerTrigger: '2' } });
    await frozen.prepareForAvailableNow();
    await put('late.json', '{"a":4}\n');
    expect(await batchesOf(frozen)).toEqual([[1n, 2n], [3n]]);
  });
});

describe('restart', () => {
  test('no file is read twice, new ones are found', async () => {
    const log = memorySourceLog();
    await put('1.json', '{"a":1}\n');
    expect(await batchesOf(await opened({ log }))).toEqual([[1n]]);
    await put('2.json', '{"a":2}\n');
    const second = await opened({ log });
    expect(await second.latestOffset({ start: { logOffset: 0 }, mode: 'default', batchId: 1 })).toEqual({
      logOffset: 1,
    });
    expect(await readRange(second, { logOffset: 0 }, { logOffset: 1 })).toEqual([[2n, null]]);
    expect(await second.latestOffset({ start: { logOffset: 1 }, mode: 'default', batchId: 2 })).toBeUndefined();
  });

  test('a logged batch is planned again without looking at the folder', async () => {
    const log = memorySourceLog();
    await put('1.json', '{"a":1}\n');
    await batchesOf(await opened({ log }));
    await put('0.json', '{"a":0}\n');
    const again = await opened({ log });
    expect(await readRange(again, undefined, { logOffset: 0 })).toEqual([[1n, null]]);
  });

  test('files logged for a batch that never was are the next batch', async () => {
    const log = memorySourceLog();
    await put('1.json', '{"a":1}\n');
    const first = await opened({ log });
    expect(await first.latestOffset({ start: undefined, mode: 'default', batchId: 0 })).toEqual({ logOffset: 0 });
    await put('2.json', '{"a":2}\n');
    expect(await batchesOf(await opened({ log }))).toEqual([[1n], [2n]]);
  });

  test('a damaged log stops the source', async () => {
    const log = memorySourceLog();
    await log.write('0', new TextEncoder().encode('v9\n{}'));
    await expect(opened({ log })).rejects.toMatchObject({ condition: 'CHECKPOINT_CORRUPT' });
    await log.write('0', new TextEncoder().encode('v1\n{"path":5}'));
    await expect(opened({ log })).rejects.toMatchObject({ condition: 'CHECKPOINT_CORRUPT' });
  });
});

describe('paths', () => {
  test('a pattern matches files and folders', async () => {
    await put('x/1.json', '{"a":1}\n');
    await put('y/2.json', '{"a":2}\n');
    await put('z/3.json', '{"a":3}\n');
    const read = async (path: string): Promise<unknown> =>
      batchesOf(await opened({ options: { path: `${folder}/${path}` } }));
    expect(await read('{x,y}')).toEqual([[1n, 2n]]);
    expect(await read('[xz]/*.json')).toEqual([[1n, 3n]]);
    expect(await read('?/2.json')).toEqual([[2n]]);
    expect(await read('[^x]')).toEqual([[2n, 3n]]);
    expect(await read('z/3.json')).toEqual([[3n]]);
  });

  test('plain subfolders are entered only when told to; hidden names never', async () => {
    await put('1.json', '{"a":1}\n');
    await put('sub/2.json', '{"a":2}\n');
    await put('_temporary/3.json', '{"a":3}\n');
    await put('.4.json', '{"a":4}\n');
    await put('_5.json', '{"a":5}\n');
    expect(await batchesOf(await opened())).toEqual([[1n]]);
    expect(await batchesOf(await opened({ options: { recursiveFileLookup: 'true' } }))).toEqual([[1n, 2n]]);
  });

  test('pathGlobFilter filters by file name', async () => {
    await put('1.json', '{"a":1}\n');
    await put('2.log', '{"a":2}\n');
    expect(await batchesOf(await opened({ options: { pathGlobFilter: '*.{log,txt}' } }))).toEqual([[2n]]);
  });

  test('folders give columns', async () => {
    await put('day=2026-01-01/n=7/1.json', '{"a":1}\n');
    await put('day=__HIVE_DEFAULT_PARTITION__/n=8/2.json', '{"a":2}\n');
    await put('day=a%2Fb/n=9/3.json', '{"a":3}\n');
    const source = await opened({ schema: 'n INT, a BIGINT, day STRING' });
    const end = await nextOffset(source, undefined);
    expect(await readRange(source, undefined, end)).toEqual([
      [7, 1n, '2026-01-01'],
      [8, 2n, null],
      [9, 3n, 'a/b'],
    ]);
    expect(await readRange(source, undefined, end, ['day'])).toEqual([['2026-01-01'], [null], ['a/b']]);
  });

  test('only committed files of a sink are read', async () => {
    await put('part-1.json', '{"a":1}\n');
    await put('part-2.json', '{"a":2}\n');
    await put('part-3.json', '{"a":3}\n');
    const line = (path: string): string =>
      JSON.stringify({ path, size: 8, isDir: false, modificationTime: 1, action: 'add' });
    await put('_spark_metadata/0', `v1\n${line(`file://${folder}/part-1.json`)}`);
    await put('_spark_metadata/1', `v1\n${line('part-3.json')}`);
    expect(await batchesOf(await opened())).toEqual([[1n, 3n]]);
  });

  test('a path that does not exist is named', async () => {
    await expect(opened({ options: { path: join(folder, 'none') } })).rejects.toMatchObject({
      condition: 'PATH_NOT_FOUND',
    });
  });
});

describe('files that change', () => {
  async function planned(): Promise<() => Promise<unknown>> {
    await put('1.json', '{"a":1}\n{"a":2}\n');
    const source = await opened();
    const end = await nextOffset(source, undefined);
    return () => readRange(source, undefined, end);
  }

  test('a file that vanished is an error that names it', async () => {
    const read = await planned();
    await unlink(join(folder, '1.json'));
    await expect(read()).rejects.toMatchObject({ condition: 'FAILED_READ_FILE.FILE_NOT_EXIST' });
    await expect(read()).rejects.toThrow(/1\.json/);
  });

  test('a file that shrank is an error that names it', async () => {
    const read = await planned();
    await truncate(join(folder, '1.json'), 8);
    await expect(read()).rejects.toMatchObject({
      condition: 'FILE_CHANGED',
      parameters: { expectedBytes: '16', foundBytes: '8' },
    });
  });

  test('what is appended later does not change the batch', async () => {
    const read = await planned();
    await appendFile(join(folder, '1.json'), '{"a":3}\n');
    expect(await read()).toEqual([
      [1n, null],
      [2n, null],
    ]);
  });

  test('a rewritten file is not read again', async () => {
    const source = await opened();
    await put('1.json', '{"a":1}\n');
    const end = await nextOffset(source, undefined);
    await put('1.json', '{"a":5}\n');
    expect(await source.latestOffset({ start: end, mode: 'default', batchId: 1 })).toBeUndefined();
  });
});

test('files much older than the newest seen are ignored', async () => {
  await put('new.json', '{"a":1}\n');
  const source = await opened({ options: { maxFileAge: '1h' } });
  const end = await nextOffset(source, undefined);
  const old = join(folder, 'old.json');
  await writeFile(old, '{"a":2}\n');
  await utimes(old, clock - 7200, clock - 7200);
  expect(await source.latestOffset({ start: end, mode: 'default', batchId: 1 })).toBeUndefined();
});

test('fileNameOnly knows files by name', async () => {
  const source = await opened({ options: { fileNameOnly: 'true', recursiveFileLookup: 'true' } });
  await put('x/1.json', '{"a":1}\n');
  const end = await nextOffset(source, undefined);
  await put('y/1.json', '{"a":2}\n');
  expect(await source.latestOffset({ start: end, mode: 'default', batchId: 1 })).toBeUndefined();
});

test('waiting ends when a file appears', async () => {
  const source = await opened({ options: { pollIntervalMs: '5' } });
  const waiting = source.waitForData?.(undefined, 10_000, new AbortController().signal);
  await put('1.json', '{"a":1}\n');
  await waiting;
  expect(await source.latestOffset({ start: undefined, mode: 'default', batchId: 0 })).toEqual({ logOffset: 0 });
});

test('wrong options fail when the source is made', () => {
  expect(() => makeSource({ options: { maxFilePerTrigger: '1' } })).toThrow(/UNKNOWN_OPTION.*maxFilesPerTrigger/);
  expect(() => makeSource({ options: { cleanSource: 'shred' } })).toThrow(/INVALID_OPTION/);
  expect(() => makeSource({ options: { allowComments: 'perhaps' } })).toThrow(/INVALID_OPTION/);
});
