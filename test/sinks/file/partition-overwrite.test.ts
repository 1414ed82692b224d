/** An overwrite of a partitioned folder: all of it, or with `partitionOverwriteMode` dynamic only the folders that get rows. */
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { MillraceSession } from '../../../src/index.ts';

let session: MillraceSession;
let folder = '';

beforeAll(() => {
  session = MillraceSession.builder().getOrCreate();
});
afterAll(() => session.stop());

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-overwrite-'));
  await save({ 1: 'x', 2: 'y', 3: 'xx' }, 'append');
});
afterEach(() => rm(folder, { recursive: true }));

async function save(
  names: Readonly<Record<number, string>>,
  mode: string,
  options: Readonly<Record<string, string>> = {},
): Promise<void> {
  const rows = Object.entries(names).map(([a, k]) => ({ a: Number(a), k }));
  const frame = session.createDataFrame(rows, 'a INT, k STRING');
  await frame.write.partitionBy('k').mode(mode).options(options).json(folder);
}

async function found(): Promise<string[]> {
  const rows: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    if (entry.name.endsWith('.json'))
      rows.push(
        `${entry.parentPath.slice(folder.length + 1)} ${await readFile(join(entry.parentPath, entry.name), 'utf8')}`.trim(),
      );
  return rows.toSorted();
}

test('static, the default, replaces everything', async () => {
  await save({ 4: 'y' }, 'overwrite');
  expect(await found()).toEqual(['k=y {"a":4}']);
});

test('dynamic replaces the folders that get rows and leaves the others', async () => {
  await save({ 4: 'y', 5: 'z' }, 'overwrite', { partitionOverwriteMode: 'DYNAMIC' });
  expect(await found()).toEqual(['k=x {"a":1}', 'k=xx {"a":3}', 'k=y {"a":4}', 'k=z {"a":5}']);
});

test('the setting of the session counts unless the option says otherwise', async () => {
  session.conf.set('spark.sql.sources.partitionOverwriteMode', 'dynamic');
  try {
    await save({ 4: 'x' }, 'overwrite');
    expect(await found()).toEqual(['k=x {"a":4}', 'k=xx {"a":3}', 'k=y {"a":2}']);
    await save({ 5: 'x' }, 'overwrite', { partitionOverwriteMode: 'static' });
    expect(await found()).toEqual(['k=x {"a":5}']);
  } finally {
    session.conf.unset('spark.sql.sources.partitionOverwriteMode');
  }
});

test('without partition columns there is nothing dynamic', async () => {
  const frame = session.createDataFrame([{ a: 9 }], 'a INT');
  await frame.write.mode('overwrite').option('partitionOverwriteMode', 'dynamic').json(folder);
  expect(await found()).toEqual(['{"a":9}']);
});

test('another word is refused before anything is written', async () => {
  await expect(save({ 4: 'y' }, 'overwrite', { partitionOverwriteMode: 'sideways' })).rejects.toMatchObject({
    condition: 'INVALID_OPTION',
  });
  expect(await found()).toEqual(['k=x {"a":1}', 'k=xx {"a":3}', 'k=y {"a":2}']);
});
