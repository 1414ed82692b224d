/**
 * What a real Spark has read from the file sink's folders (read-with-spark.py) and how it names partition folders. The folders are written
 * anew: the committed rows are the ones Spark saw, and the manifest lines still have the shape Spark accepted.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { partitionFolder } from '../../../src/sinks/file/partition-paths.ts';
import { LocalObjectStore } from '../../../src/storage/local-object-store.ts';
import { committedKeys, committedLines } from './read-committed.ts';
import { SPARK_FOLDERS, writeSparkFolders } from './spark-folders.ts';

interface Golden {
  readonly folders: Readonly<Record<string, { readonly schema: string; readonly rows: readonly string[] }>>;
  readonly escaped: readonly (readonly [string | null, string])[];
}
const golden = JSON.parse(readFileSync(new URL('./goldens/spark-read.json', import.meta.url), 'utf8')) as Golden;
const root = mkdtempSync(join(tmpdir(), 'millrace-spark-files-'));
beforeAll(() => writeSparkFolders(root));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('folders of the file sink, as Spark reads them', () => {
  test.each(SPARK_FOLDERS)('%s: Spark reads exactly the committed rows', async (name) => {
    const folder = join(root, name);
    const lines = await committedLines(new LocalObjectStore(folder), `file://${folder}`);
    const ids = (texts: readonly string[]) =>
      texts.map((text) => (JSON.parse(text) as { id: number }).id).toSorted((a, b) => a - b);
    expect(ids(lines)).toEqual(ids(golden.folders[name]?.rows ?? []));
  });

  test('the manifest has the entries and fields Spark needs', async () => {
    const folder = join(root, 'plain dir');
    expect(readdirSync(join(folder, '_spark_metadata')).toSorted()).toEqual(
      Array.from({ length: 24 }, (_, i) => (i % 10 === 9 ? `${i}.compact` : String(i))).toSorted(),
    );
    const [, line = ''] = readFileSync(join(folder, '_spark_metadata/22'), 'utf8').split('\n');
    expect(Object.keys(JSON.parse(line) as object)).toEqual([
      'path',
      'size',
      'isDir',
      'modificationTime',
      'blockReplication',
      'blockSize',
      'action',
    ]);
    expect(await committedKeys(new LocalObjectStore(folder), `file://${folder}`)).toHaveLength(19);
  });

  test.each(golden.escaped)('the partition folder of %j is named as by Spark', (text, folder) => {
    expect(partitionFolder('p', text)).toBe(folder);
  });
});
