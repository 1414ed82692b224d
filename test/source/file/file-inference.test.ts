/** Schemas of files: fixed, inferred in batch reads, required in streams; and columns from folders. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SourceProvider } from '../../../src/source/source.ts';
import { fileSourceProvider } from '../../../src/source/file/file-source-provider.ts';
import { simpleName } from '../../../src/types/data-type.ts';
import { readRange, sourceContext } from '../../contract/source-contract.ts';

let root = '';

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'millrace-infer-'));
  await mkdir(join(root, 'json/day=1'), { recursive: true });
  await mkdir(join(root, 'json/day=2'), { recursive: true });
  await mkdir(join(root, 'empty'));
  await writeFile(join(root, 'json/day=1/a.json'), '{"b":1,"a":"x"}\n');
  await writeFile(join(root, 'json/day=2/b.json'), '{"b":1.5}\n');
  await writeFile(join(root, 'one.csv'), 'n,s\n1,x\n2,y\n');
  await writeFile(join(root, 'lines.txt'), 'first\nsecond\n');
});
afterAll(() => rm(root, { recursive: true }));

function providerOf(format: string): SourceProvider {
  return fileSourceProvider(format);
}

async function readAll(
  format: string,
  path: string,
  options: Readonly<Record<string, string>> = {},
): Promise<[string, unknown[]]> {
  const given = new Map(
    Object.entries({ path: join(root, path), ...options }).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const context = sourceContext({ options: given, isStreaming: false });
  const provider = providerOf(format);
  const schema = provider.fixedSchema ?? (await provider.inferSchema?.(context));
  const source = provider.create({ ...context, schema });
  await source.open();
  await source.prepareForAvailableNow();
  const end = await source.latestOffset({ start: undefined, mode: 'available-now', batchId: 0 });
  const rows = end === undefined ? [] : await readRange(source, undefined, end);
  await source.close();
  return [simpleName(source.schema), rows];
}

test('JSON files give a schema, their folders more columns', async () => {
  const [schema, rows] = await readAll('json', 'json');
  expect(schema).toBe('struct<a:string,b:double,day:int>');
  expect(rows).toEqual([
    ['x', 1, 1],
    [null, 1.5, 2],
  ]);
});

test('a CSV file gives a schema with and without types', async () => {
  expect(await readAll('csv', 'one.csv')).toEqual([
    'struct<_c0:string,_c1:string>',
    [
      ['n', 's'],
      ['1', 'x'],
      ['2', 'y'],
    ],
  ]);
  expect(await readAll('csv', 'one.csv', { header: 'true', inferSchema: 'true' })).toEqual([
    'struct<n:int,s:string>',
    [
      [1, 'x'],
      [2, 'y'],
    ],
  ]);
});

test('CSV types are those of an even part of the records', async () => {
  await writeFile(join(root, 'sample.csv'), '1\nx\n2\ny\n3\n');
  const options = { inferSchema: 'true', samplingRatio: '0.5', mode: 'DROPMALFORMED' };
  expect((await readAll('csv', 'sample.csv', options))[0]).toBe('struct<_c0:int>');
  expect((await readAll('csv', 'sample.csv', { inferSchema: 'true' }))[0]).toBe('struct<_c0:string>');
});

test('text files have one', async () => {
  expect(await readAll('text', 'lines.txt')).toEqual(['struct<value:string>', [['first'], ['second']]]);
});

test('without files there is no schema', async () => {
  await expect(readAll('json', 'empty')).rejects.toMatchObject({ condition: 'UNABLE_TO_INFER_SCHEMA' });
});

test('a stream needs a schema from the user', async () => {
  const context = sourceContext({ options: new Map([['path', join(root, 'json')]]) });
  expect(await providerOf('json').inferSchema?.(context)).toBeUndefined();
  expect(() => providerOf('json').create(context)).toThrow(/Schema must be specified when creating a streaming source/);
  expect(() => providerOf('json').create({ ...context, isStreaming: false })).toThrow(/UNABLE_TO_INFER_SCHEMA/);
});
